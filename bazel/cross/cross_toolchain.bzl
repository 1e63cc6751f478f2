"""Builds for another processor's Linux with Debian's cross-compilers."""

load("@rules_cc//cc:defs.bzl", "cc_toolchain")
load(":cc_toolchain_config.bzl", "cross_cc_toolchain_config")

def cross_toolchain(cpu, constraint, triplet, link_flags = []):
    """Defines the platform :<cpu> and the toolchain :<cpu>_toolchain for it.

    Args:
      cpu: the value of --cpu.
      constraint: the processor in @platforms//cpu.
      triplet: Debian's name for the system, as in the package g++-<triplet>.
      link_flags: what the linker needs in addition.
    """
    constraints = [
        "@platforms//cpu:" + constraint,
        "@platforms//os:linux",
    ]
    native.platform(
        name = cpu,
        constraint_values = constraints,
    )

    # For --platforms: what Bazel 7 and newer go by.
    native.toolchain(
        name = cpu + "_toolchain",
        exec_compatible_with = ["@platforms//os:linux"],
        target_compatible_with = constraints,
        toolchain = ":" + cpu + "_cc_toolchain",
        toolchain_type = "@rules_cc//cc:toolchain_type",
    )
    cc_toolchain(
        name = cpu + "_cc_toolchain",
        all_files = ":none",
        compiler_files = ":none",
        dwp_files = ":none",
        linker_files = ":none",
        objcopy_files = ":none",
        strip_files = ":none",
        supports_param_files = True,
        toolchain_config = ":" + cpu + "_config",
        toolchain_identifier = triplet,
    )
    cross_cc_toolchain_config(
        name = cpu + "_config",
        cpu = cpu,
        link_flags = link_flags,
        triplet = triplet,
    )
