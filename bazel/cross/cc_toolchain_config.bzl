"""The C++ toolchains of Debian's packages g++-<triplet>."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load(
    "@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl",
    "feature",
    "flag_group",
    "flag_set",
    "tool_path",
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

# After everything that uses them.
_LIBRARIES = [
    "-lstdc++",
    "-lm",
]

def _impl(ctx):
    triplet = ctx.attr.triplet
    tools = {
        tool: "/usr/bin/%s-%s" % (triplet, tool)
        for tool in ["gcc", "cpp", "ar", "ld", "nm", "objcopy", "objdump", "strip", "gcov"]
    }
    tools["dwp"] = "/bin/false"
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        toolchain_identifier = triplet,
        host_system_name = "local",
        target_system_name = triplet,
        target_cpu = ctx.attr.cpu,
        target_libc = "glibc",
        compiler = "gcc",
        abi_version = "gcc",
        abi_libc_version = "glibc",
        tool_paths = [
            tool_path(name = name, path = path)
            for name, path in tools.items()
        ],
        cxx_builtin_include_directories = [
            "/usr/lib/gcc-cross/" + triplet,
            "/usr/%s/include" % triplet,
        ],
        features = [
            # One program with all but the C and C++ libraries in it: nothing
            # of the build has to be found when it runs elsewhere.
            feature(name = "static_linking_mode", enabled = True),
            feature(name = "supports_dynamic_linker", enabled = False),
            # Not needed then: the compiler makes position-independent
            # executables by itself.
            feature(name = "supports_pic", enabled = False),
            feature(name = "opt"),
            feature(name = "dbg"),
            feature(name = "fastbuild"),
            feature(
                name = "linux_flags",
                enabled = True,
                flag_sets = [
                    flag_set(
                        actions = _COMPILE_ACTIONS,
                        flag_groups = [flag_group(flags = _COMPILE_FLAGS)],
                    ),
                    flag_set(
                        actions = _COMPILE_ACTIONS,
                        flag_groups = [flag_group(flags = ["-O2", "-DNDEBUG"])],
                        with_features = [with_feature_set(features = ["opt"])],
                    ),
                    flag_set(
                        actions = _LINK_ACTIONS,
                        flag_groups = [flag_group(flags = _LIBRARIES + ctx.attr.link_flags)],
                    ),
                ],
            ),
        ],
    )

cross_cc_toolchain_config = rule(
    implementation = _impl,
    attrs = {
        "cpu": attr.string(mandatory = True),
        "link_flags": attr.string_list(),
        "triplet": attr.string(mandatory = True),
    },
    provides = [CcToolchainConfigInfo],
)
