"""The libraries of the kqueue backend, which are built against two systems."""

load("@rules_cc//cc:defs.bzl", "cc_library")

# Named by those that have no kqueue: not every version of the platforms module
# knows NetBSD and DragonFly, where --//backends:backend=kqueue chooses it.
ON_KQUEUE_SYSTEMS = select({
    "@platforms//os:android": ["@platforms//:incompatible"],
    "@platforms//os:linux": ["@platforms//:incompatible"],
    "@platforms//os:windows": ["@platforms//:incompatible"],
    "//conditions:default": [],
})

def kqueue_library(name, deps = [], visibility = None, **kwargs):
    """A cc_library for systems with kqueue, and `name`_over_shim for tests.

    The second has the same sources, but <sys/event.h> from //tests/kqueue_shim,
    which plays kqueue on Linux. Nothing that ships depends on that.

    Args:
      name: of the first one.
      deps: those that begin with `:` are of this kind, too.
      visibility: of both.
      **kwargs: as for cc_library.
    """
    cc_library(
        name = name,
        target_compatible_with = ON_KQUEUE_SYSTEMS,
        visibility = visibility,
        deps = deps,
        **kwargs
    )
    cc_library(
        name = name + "_over_shim",
        testonly = True,
        target_compatible_with = ["@platforms//os:linux"],
        visibility = ["//tests:__subpackages__"],
        deps = [
            dep + "_over_shim" if dep.startswith(":") else dep
            for dep in deps
        ] + ["//tests/kqueue_shim"],
        **kwargs
    )
