"""Builds for another processor's Linux with Debian's cross-compilers."""

load("@rules_cc//cc:defs.bzl", "cc_toolchain")
load(":cc_toolchain_config.bzl", "cross_cc_toolchain_config")

def cross_toolchain(name, constraint, triplet, link_flags = []):
    """Defines the platform :<name> and the toolchain :<name>_toolchain for it.

    Args:
      name: the value of --cpu.
      constraint: the processor in @platforms//cpu.
      triplet: Debian's name for the system, as in the package g++-<triplet>.
      link_flags: what the linker needs in addition.
    """
    constraints = [
        "@platforms//cpu:" + constraint,
        "@platforms//os:linux",
    ]
    native.platform(
        name = name,
        constraint_values = constraints,
    )

    # For --platforms: what Bazel 7 and newer go by.
    native.toolchain(
        name = name + "_toolchain",
        exec_compatible_with = ["@platforms//os:linux"],
        target_compatible_with = constraints,
        toolchain = ":" + name + "_cc_toolchain",
        toolchain_type = "@rules_cc//cc:toolchain_type",
    )
    cc_toolchain(
        name = name + "_cc_toolchain",
        all_files = ":none",
        compiler_files = ":none",
        dwp_files = ":none",
        linker_files = ":none",
        objcopy_files = ":none",
        strip_files = ":none",
        supports_param_files = True,
        toolchain_config = ":" + name + "_config",
        toolchain_identifier = triplet,
    )
    cross_cc_toolchain_config(
        name = name + "_config",
        cpu = name,
        link_flags = link_flags,
        triplet = triplet,
    )
