# For the Bazel 7.7 of Debian's testing and unstable.
# shellcheck shell=bash disable=SC2034

packages=(bazel-bootstrap)

# Their own Abseil is too new for their own rules_cc, so these four come from
# the release before. Skylib is installed together with this Bazel.
release=trixie
sources=(
  "com_google_absl abseil df6d1f5ef540725f3851201176a60486aab332410788465c9877910bb471c34a"
  "com_google_googletest googletest 2f54382b5d13d6cd0be2afc524f1e510d37f8ba78c2d439c5bea64ef37e30d01"
  "com_github_google_benchmark benchmark 32131c08ee31eeff2c8968d7e874f3cb648034377dfc32a4c377fa8796d84981"
  "liburing liburing 57e9b36e4ac1e46b8e0351dfb1694dc59638fc25e384b4ba36d87b800b16db1a"
)

# What the modules of others name, but our targets do not reach.
empty_modules=(apple_support buildozer protobuf re2 zlib)
