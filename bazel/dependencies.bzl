"""The dependencies of a build that uses WORKSPACE (Bazel 4 to 8).

A WORKSPACE that depends on this library calls event_selector_dependencies().
The versions are those of Debian 12, so that a build from the distribution's
source packages and a build from upstream's archives compile the same code.
Bazel 7 and newer read MODULE.bazel instead, which names newer versions.

@rules_cc is not here: each of these Bazels defines the one that its own C++
tools need, unless the WORKSPACE defines another (cc_configure.WORKSPACE in
Bazel's sources).
"""

load("@bazel_tools//tools/build_defs/repo:http.bzl", "http_archive")
load("@bazel_tools//tools/build_defs/repo:utils.bzl", "maybe")

def event_selector_dependencies():
    """Defines what //event needs, unless the caller has defined it already."""
    maybe(
        http_archive,
        name = "com_google_absl",
        sha256 = "91ac87d30cc6d79f9ab974c51874a704de9c2647c40f6932597329a282217ba8",
        strip_prefix = "abseil-cpp-20220623.1",
        urls = ["https://github.com/abseil/abseil-cpp/archive/refs/tags/20220623.1.tar.gz"],
    )
    maybe(
        http_archive,
        name = "bazel_skylib",
        sha256 = "1c531376ac7e5a180e0237938a2536de0c54d93f5c278634818e0efc952dd56c",
        urls = ["https://github.com/bazelbuild/bazel-skylib/releases/download/1.0.3/bazel-skylib-1.0.3.tar.gz"],
    )

    # Fetched only for the backend io_uring.
    maybe(
        http_archive,
        name = "liburing",
        build_file = Label("//bazel:liburing.BUILD"),
        sha256 = "60b367dbdc6f2b0418a6e0cd203ee0049d9d629a36706fcf91dfb9428bae23c8",
        strip_prefix = "liburing-liburing-2.3",
        urls = ["https://github.com/axboe/liburing/archive/refs/tags/liburing-2.3.tar.gz"],
    )

    # Later Bazels bring the @platforms that fits them; Bazel 4's own lacks a
    # CPU that Abseil asks for.
    if native.bazel_version.startswith("4."):
        maybe(
            http_archive,
            name = "platforms",
            sha256 = "48a2d8d343863989c232843e01afc8a986eb8738766bfd8611420a7db8f6f0c3",
            urls = ["https://github.com/bazelbuild/platforms/releases/download/0.0.2/platforms-0.0.2.tar.gz"],
        )

def event_selector_test_dependencies():
    """Defines what only our own tests and benchmarks need."""
    maybe(
        http_archive,
        name = "com_google_googletest",
        sha256 = "81964fe578e9bd7c94dfdb09c8e4d6e6759e19967e397dbea48d1c10e45d0df2",
        strip_prefix = "googletest-release-1.12.1",
        urls = ["https://github.com/google/googletest/archive/refs/tags/release-1.12.1.tar.gz"],
    )
    maybe(
        http_archive,
        name = "com_github_google_benchmark",
        sha256 = "6430e4092653380d9dc4ccb45a1e2dc9259d581f4866dc0759713126056bc1d7",
        strip_prefix = "benchmark-1.7.1",
        urls = ["https://github.com/google/benchmark/archive/refs/tags/v1.7.1.tar.gz"],
    )
