# For Debian 12's Bazel 4.2.
# shellcheck shell=bash disable=SC2034

packages=(bazel-bootstrap bazel-rules-java bazel-rules-proto)

# The checksums are of the distribution's .orig tarballs. Those of GoogleTest
# and Google Benchmark are upstream's own archives, so bazel/dependencies.bzl
# has the same two.
release=bookworm
sources=(
  "com_google_absl abseil abfe2897f3a30edaa74bc34365afe3c2a3cd012091a97dc7e008f7016adcd5fe"
  "com_google_googletest googletest 81964fe578e9bd7c94dfdb09c8e4d6e6759e19967e397dbea48d1c10e45d0df2"
  "com_github_google_benchmark benchmark 6430e4092653380d9dc4ccb45a1e2dc9259d581f4866dc0759713126056bc1d7"
  "liburing liburing 2eac26f880125d83f75ba8641fde5d88226dd352d3cee95d45a9128758a8f1be"
  "bazel_skylib bazel-skylib b22f0f38d9a1ac565fce8a43df3d284f6b8e5e8775bda54b5cb687bed46b6ea4"
  "platforms bazel-platforms 2e582a0841457e38ba2b263c7021bc57241f6934f86df8a1b5c5ae32169bf490"
)

# This Bazel has no modules.
empty_modules=()
