"""That the lists follow the BUILD files."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
# pylint: disable=wrong-import-position
import test_lists
from cmake import source_lists

BACKENDS = """
load("@bazel_skylib//lib:selects.bzl", "selects")
load("@bazel_skylib//rules:common_settings.bzl", "string_flag")
string_flag(name = "backend", values = ["auto", "one", "two"])
alias(
    name = "selected",
    actual = select({
        ":use_one": "//backends/one:default_selector",
        ":use_two": "//backends/two:default_selector",
    }),
)
AUTO = {"one": ["linux"], "two": ["osx", "windows"]}
[config_setting(name = "on_" + os, constraint_values = ["@platforms//os:" + os])
 for systems in AUTO.values() for os in systems]
[config_setting(name = "is_" + name, flag_values = {":backend": name}) for name in AUTO]
[selects.config_setting_group(name = "use_" + name,
                              match_any = [":is_" + name] + [":on_" + os for os in systems])
 for name, systems in AUTO.items()]
"""
BACKEND = """
load("@rules_cc//cc:defs.bzl", "cc_library")
cc_library(
    name = "default_selector",
    srcs = ["own.cc"],
    target_compatible_with = {systems},
    deps = ["//event:frame", "@com_google_absl//absl/time"],
)
"""
EVENT = """
load("@rules_cc//cc:defs.bzl", "cc_library")
PUBLIC = ["//visibility:public"]
cc_library(name = "frame", srcs = ["internal/frame.cc"], hdrs = ["internal/frame.h"])
cc_library(name = "idle", srcs = ["internal/idle.cc"])
cc_library(
    name = "token",
    srcs = ["token.cc"] + select({
        "@platforms//os:windows": ["token_windows.cc"],
        "//conditions:default": ["token_posix.cc"],
    }),
    hdrs = ["token.h"],
    visibility = PUBLIC,
    deps = [":bits", "@com_google_absl//absl/strings"],
)
cc_library(name = "bits", srcs = ["internal/bits.cc"], hdrs = ["internal/bits.h"])
cc_library(name = "histogram", srcs = ["histogram.cc"], hdrs = ["histogram.h"], visibility = PUBLIC)
cc_library(name = "instrumented_selector", visibility = PUBLIC, deps = [":frame", ":histogram"])
cc_library(name = "selector_statistics", visibility = PUBLIC)
"""
TESTS = """
load("@rules_cc//cc:defs.bzl", "cc_library", "cc_test")
cc_test(
    name = "token_test",
    srcs = ["token_test.cc"],
    deps = [":print", "//event:token", "@com_google_googletest//:gtest_main"],
)
cc_test(name = "files_test", srcs = ["files_test.cc"], data = ["file.txt"])
cc_test(
    name = "linux_test",
    srcs = ["linux_test.cc"],
    target_compatible_with = ["@platforms//os:linux"],
    deps = [":counter"],
)
cc_library(name = "print", hdrs = ["print.h"])
cc_library(name = "counter", srcs = ["counter.cc"], alwayslink = True)
"""
FILES = {
    **{folder + "/BUILD.bazel": "" for folder in test_lists.TESTS},
    "tests/event/BUILD.bazel": TESTS,
    "backends/BUILD.bazel": BACKENDS,
    "backends/one/BUILD.bazel": BACKEND.format(systems='["@platforms//os:linux"]'),
    "backends/two/BUILD.bazel": BACKEND.format(
        systems='select({"@platforms//os:linux": ["@platforms//:incompatible"],'
                ' "//conditions:default": []})'),
    "event/BUILD.bazel": EVENT,
    "event/histogram.h": "",
    "event/token.h": '#include "event/internal/bits.h"\n',
    "event/internal/bits.h": "",
    "event/testing/BUILD.bazel": "",
}


class SourceListsTest(unittest.TestCase):

  def lists(self, path="cmake/sources.cmake", **changed):
    with tempfile.TemporaryDirectory() as folder:
      for name, text in {**FILES, **changed}.items():
        file = pathlib.Path(folder, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
      return source_lists.lists(pathlib.Path(folder))[path]

  def variable(self, name, text):
    """The first command that sets the variable."""
    return text.split(f"set({name}\n")[1].split(")")[0].split()

  def test_a_library_has_what_its_targets_depend_on(self):
    text = self.lists()
    self.assertEqual(self.variable("EVENT_SELECTOR_SOURCES", text),
                     ["event/internal/bits.cc", "event/internal/frame.cc", "event/token.cc"])
    self.assertEqual(self.variable("EVENT_SELECTOR_PUBLIC_DEPS", text), ["absl::strings"])

  def test_users_get_the_public_headers_and_what_these_include(self):
    self.assertEqual(self.variable("EVENT_SELECTOR_HEADERS", self.lists()),
                     ["event/internal/bits.h", "event/token.h"])

  def test_no_source_is_in_two_libraries(self):
    self.assertEqual(self.variable("EVENT_SELECTOR_INSTRUMENTED_SELECTOR_SOURCES", self.lists()),
                     ["event/histogram.cc"])

  def test_a_select_becomes_a_condition(self):
    text = self.lists()
    self.assertIn('if(EVENT_SELECTOR_SYSTEM MATCHES "^(windows)$")\n'
                  "list(APPEND EVENT_SELECTOR_SOURCES\n  event/token_windows.cc\n)\nendif()", text)
    self.assertIn('if(NOT EVENT_SELECTOR_SYSTEM MATCHES "^(windows)$")\n'
                  "list(APPEND EVENT_SELECTOR_SOURCES\n  event/token_posix.cc\n)\nendif()", text)

  def test_a_backend_has_its_own_sources_where_it_can_be_built(self):
    text = self.lists()
    self.assertIn('if(EVENT_SELECTOR_SYSTEM MATCHES "^(linux)$")\n'
                  "list(APPEND EVENT_SELECTOR_one_SOURCES\n  backends/one/own.cc\n)\nendif()", text)
    self.assertIn('if(NOT EVENT_SELECTOR_SYSTEM MATCHES "^(linux)$")\n'
                  "list(APPEND EVENT_SELECTOR_two_SOURCES\n  backends/two/own.cc\n)\nendif()", text)

  def test_auto_is_what_bazel_selects(self):
    text = self.lists()
    self.assertIn("set(EVENT_SELECTOR_BACKENDS auto one two)", text)
    self.assertIn('if(EVENT_SELECTOR_SYSTEM MATCHES "^(linux)$")\n  set(EVENT_SELECTOR_AUTO one)', text)
    self.assertIn('if(EVENT_SELECTOR_SYSTEM MATCHES "^(macos|windows)$")\n'
                  "  set(EVENT_SELECTOR_AUTO two)", text)

  def test_a_new_public_target_is_part_of_the_library(self):
    text = self.lists(**{
        "event/BUILD.bazel": EVENT + 'cc_library(name = "timer", srcs = ["timer.cc"],'
                                     ' visibility = PUBLIC)\n'})
    self.assertIn("event/timer.cc", self.variable("EVENT_SELECTOR_SOURCES", text))

  def test_an_alias_is_what_it_stands_for_on_the_system(self):
    text = self.lists(**{
        "event/BUILD.bazel": EVENT + """
alias(name = "signals", actual = select({
    "//bazel:windows": ":console",
    "//conditions:default": ":frame",
}))
cc_library(name = "console", srcs = ["console.cc"],
           target_compatible_with = ["@platforms//os:windows"])
cc_library(name = "signal_set", visibility = PUBLIC, deps = [":signals"])
"""})
    self.assertIn('if(EVENT_SELECTOR_SYSTEM MATCHES "^(windows)$")\n'
                  "list(APPEND EVENT_SELECTOR_SOURCES\n"
                  "  event/console.cc\n  event/token_windows.cc\n)\nendif()", text)

  def test_an_unknown_condition_says_what_to_do(self):
    with self.assertRaisesRegex(ValueError, "CONDITIONS in cmake/build_files.py .*//bazel:arm"):
      self.lists(**{"event/BUILD.bazel": EVENT.replace("@platforms//os:windows", "//bazel:arm")})

  def test_an_unknown_dependency_says_what_to_do(self):
    with self.assertRaisesRegex(KeyError, "OTHERS in cmake/library_lists.py .*@ring//:ring"):
      self.lists(**{"event/BUILD.bazel": EVENT.replace("@com_google_absl//absl/strings", "@ring")})

  def test_a_public_target_needs_nothing_that_its_system_lacks(self):
    with self.assertRaisesRegex(ValueError, "//event:bits is not for android"):
      self.lists(**{"event/BUILD.bazel": EVENT.replace(
          'hdrs = ["internal/bits.h"]', 'target_compatible_with = ["@platforms//os:linux"]')})

  def test_a_test_is_linked_with_what_it_depends_on(self):
    text = self.lists("cmake/tests.cmake")
    self.assertIn("""
event_selector_test(tests/event/token_test
  SOURCES tests/event/token_test.cc
  DEPS GTest::gtest_main event_selector event_selector_tests_event_print)
""", text)
    self.assertIn("\nevent_selector_test_library(event_selector_tests_event_print)\n", text)

  def test_a_test_that_needs_files_is_left_out(self):
    self.assertNotIn("files_test", self.lists("cmake/tests.cmake"))

  def test_what_is_always_linked_is_a_part_of_the_program(self):
    self.assertIn("""
if(EVENT_SELECTOR_SYSTEM MATCHES "^(linux)$")
event_selector_test(tests/event/linux_test
  SOURCES tests/event/linux_test.cc
  DEPS event_selector_tests_event_counter
  OBJECTS event_selector_tests_event_counter)
event_selector_test_library(event_selector_tests_event_counter
  SOURCES tests/event/counter.cc
  KEPT_WHOLE)
endif()
""", self.lists("cmake/tests.cmake"))


if __name__ == "__main__":
  unittest.main()
