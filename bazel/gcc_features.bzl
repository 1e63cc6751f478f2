"""What the toolchains of Debian's GCC for other systems have in common."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load(
    "@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl",
    "feature",
    "flag_group",
    "flag_set",
    "with_feature_set",
)

_COMPILE_ACTIONS = [
    ACTION_NAMES.assemble,
    ACTION_NAMES.preprocess_assemble,
    ACTION_NAMES.c_compile,
    ACTION_NAMES.cpp_compile,
    ACTION_NAMES.cpp_header_parsing,
    ACTION_NAMES.linkstamp_compile,
]

_LINK_ACTIONS = [
    ACTION_NAMES.cpp_link_executable,
    ACTION_NAMES.cpp_link_dynamic_library,
    ACTION_NAMES.cpp_link_nodeps_dynamic_library,
]

_COMPILE_FLAGS = [
    # Paths of headers as Bazel knows them, not as links resolve.
    "-fno-canonical-system-headers",
    # Nothing in an object may differ from one build to the next.
    "-Wno-builtin-macro-redefined",
    "-D__DATE__=\"redacted\"",
    "-D__TIME__=\"redacted\"",
    "-D__TIMESTAMP__=\"redacted\"",
]

def gcc_features(compile_flags, link_flags):
    """The features of a toolchain whose programs share no libraries of ours.

    Args:
      compile_flags: what the compiler needs on this system.
      link_flags: what the linker needs there, after everything else.

    Returns:
      For the features of `create_cc_toolchain_config_info`.
    """
    return [
        # One program with all of the build in it: nothing has to be found when
        # it runs elsewhere. So none of it needs to be position-independent
        # because of a library; compilers that make such executables do so by
        # themselves.
        feature(name = "static_linking_mode", enabled = True),
        feature(name = "supports_dynamic_linker", enabled = False),
        feature(name = "supports_pic", enabled = False),
        feature(name = "opt"),
        feature(name = "dbg"),
        feature(name = "fastbuild"),
        feature(
            name = "gcc_flags",
            enabled = True,
            flag_sets = [
                flag_set(
                    actions = _COMPILE_ACTIONS,
                    flag_groups = [flag_group(flags = compile_flags + _COMPILE_FLAGS)],
                ),
                flag_set(
                    actions = _COMPILE_ACTIONS,
                    flag_groups = [flag_group(flags = ["-O2", "-DNDEBUG"])],
                    with_features = [with_feature_set(features = ["opt"])],
                ),
                flag_set(
                    actions = _LINK_ACTIONS,
                    flag_groups = [flag_group(flags = link_flags)],
                ),
            ],
        ),
    ]
