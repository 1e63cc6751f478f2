"""peers.bzl for MODULE.bazel. Apart, since Bazel 4 knows no extensions."""

load(":peers.bzl", "peer_libraries")

def _impl(_ctx):
    peer_libraries(name = "peer_libraries")

peer_libraries_extension = module_extension(implementation = _impl)
