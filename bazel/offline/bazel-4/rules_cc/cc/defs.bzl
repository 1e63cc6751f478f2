"""The part of rules_cc that Bazel 4.2 needs: names for its built-in rules.

Debian 12 has a rules_cc that is too new for its own Bazel.
"""

cc_binary = native.cc_binary
cc_import = native.cc_import
cc_library = native.cc_library
cc_test = native.cc_test
cc_toolchain = native.cc_toolchain
cc_toolchain_suite = native.cc_toolchain_suite
