"""The C++ toolchains of Debian's packages g++-<triplet>."""

load("@bazel_tools//tools/cpp:cc_toolchain_config_lib.bzl", "tool_path")
load("//bazel:gcc_features.bzl", "gcc_features")

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
        features = gcc_features([], _LIBRARIES + ctx.attr.link_flags),
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
