"""The C++ toolchain of Debian's package g++-mingw-w64-x86-64-posix."""

load("@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl", "artifact_name_pattern", "tool_path")
load("//bazel:gcc_features.bzl", "gcc_features")

_PREFIX = "/usr/bin/x86_64-w64-mingw32-"

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
        features = gcc_features(_COMPILE_FLAGS, _LIBRARIES),
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
