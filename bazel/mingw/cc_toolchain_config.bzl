"""The C++ toolchain of Debian's package g++-mingw-w64-x86-64-posix."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load(
    "@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl",
    "artifact_name_pattern",
    "feature",
    "flag_group",
    "flag_set",
    "tool_path",
    "with_feature_set",
)

_PREFIX = "/usr/bin/x86_64-w64-mingw32-"

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
    # Windows 10: the headers declare what that has.
    "-D_WIN32_WINNT=0x0A00",
    "-DNTDDI_VERSION=0x0A000000",
    "-DNOMINMAX",
    "-DWIN32_LEAN_AND_MEAN",
    # printf of C99, "%zu" included, instead of the one of msvcrt.dll.
    "-D__USE_MINGW_ANSI_STDIO=1",
    # Tests have more sections than a plain object file can number.
    "-Wa,-mbig-obj",
    # Paths of headers as Bazel knows them, not as links resolve.
    "-fno-canonical-system-headers",
    # Nothing in an object may differ from one build to the next.
    "-Wno-builtin-macro-redefined",
    "-D__DATE__=\"redacted\"",
    "-D__TIME__=\"redacted\"",
    "-D__TIMESTAMP__=\"redacted\"",
]

# After everything that uses them. All of it static: a test runs without DLLs
# that would have to be found.
_LIBRARIES = [
    "-static",
    "-lstdc++",
    "-lws2_32",
    "-lbcrypt",
    "-ldbghelp",
    "-lshlwapi",
    "-lntdll",
    "-lm",
    "-lpthread",
]

def _flags(name, actions, flags, enabled = True):
    return feature(
        name = name,
        enabled = enabled,
        flag_sets = [flag_set(
            actions = actions,
            flag_groups = [flag_group(flags = flags)],
        )],
    )

def _impl(ctx):
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        toolchain_identifier = "mingw",
        host_system_name = "local",
        target_system_name = "x86_64-w64-mingw32",
        target_cpu = "x64_windows",
        target_libc = "mingw",
        # A name that sends the dependencies' BUILD files to their flags for
        # GCC.
        compiler = "mingw-gcc",
        abi_version = "mingw",
        abi_libc_version = "mingw",
        tool_paths = [
            # The posix variant: std::thread and std::mutex.
            tool_path(name = "gcc", path = _PREFIX + "g++-posix"),
            tool_path(name = "cpp", path = _PREFIX + "cpp-posix"),
            tool_path(name = "ar", path = _PREFIX + "ar"),
            tool_path(name = "ld", path = _PREFIX + "ld"),
            tool_path(name = "nm", path = _PREFIX + "nm"),
            tool_path(name = "objcopy", path = _PREFIX + "objcopy"),
            tool_path(name = "objdump", path = _PREFIX + "objdump"),
            tool_path(name = "strip", path = _PREFIX + "strip"),
            tool_path(name = "gcov", path = _PREFIX + "gcov-posix"),
            tool_path(name = "dwp", path = "/bin/false"),
        ],
        cxx_builtin_include_directories = [
            "/usr/lib/gcc/x86_64-w64-mingw32",
            "/usr/x86_64-w64-mingw32/include",
            "/usr/share/mingw-w64/include",
        ],
        features = [
            # There are no shared libraries here, nor position-independent code.
            feature(name = "static_linking_mode", enabled = True),
            feature(name = "supports_dynamic_linker", enabled = False),
            feature(name = "supports_pic", enabled = False),
            feature(name = "opt"),
            feature(name = "dbg"),
            feature(name = "fastbuild"),
            _flags("windows_compile_flags", _COMPILE_ACTIONS, _COMPILE_FLAGS),
            feature(
                name = "optimisation",
                enabled = True,
                flag_sets = [flag_set(
                    actions = _COMPILE_ACTIONS,
                    flag_groups = [flag_group(flags = ["-O2", "-DNDEBUG"])],
                    with_features = [with_feature_set(features = ["opt"])],
                )],
            ),
            _flags("windows_libraries", _LINK_ACTIONS, _LIBRARIES),
        ],
        artifact_name_patterns = [artifact_name_pattern(
            category_name = "executable",
            prefix = "",
            extension = ".exe",
        )],
    )

mingw_cc_toolchain_config = rule(
    implementation = _impl,
    attrs = {},
    provides = [CcToolchainConfigInfo],
)
