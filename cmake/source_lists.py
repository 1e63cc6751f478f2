#!/usr/bin/env python3
"""The CMake build's lists of files, made from the BUILD files.

    source_lists.py --check     fails if the lists say something else
    source_lists.py --write     writes them: bazel run //cmake:update

The lists are cmake/sources.cmake, what the library consists of, on each system
and with each backend, and cmake/tests.cmake, the tests. A new target needs
nothing but --write: what is public in //event is part of the library
event_selector, what is public in //event/testing of its library for tests. A
library of its own gets a line in LIBRARIES and a dependency on another project
one in OTHERS (library_lists.py), a folder of tests one in TESTS
(test_lists.py).
"""

import argparse
import difflib
import pathlib
import sys

# No folder of its own among the sources.
sys.dont_write_bytecode = True
# pylint: disable=wrong-import-position
import build_files
from library_lists import backend_lists, library_lists
from test_lists import test_lists

NOT_FOR_EDITING = "# Written by `bazel run //cmake:update` from the BUILD files.\n"


def lists(root: pathlib.Path) -> dict:
  """The text of each list, by its path."""
  workspace = build_files.Workspace(root)
  return {
      "cmake/sources.cmake":
          NOT_FOR_EDITING + backend_lists(workspace) + library_lists(workspace),
      "cmake/tests.cmake": NOT_FOR_EDITING + test_lists(workspace),
  }


def main() -> int:
  parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
  what = parser.add_mutually_exclusive_group(required=True)
  what.add_argument("--check", action="store_true")
  what.add_argument("--write", action="store_true")
  # Bazel links to the sources, wherever it runs this.
  parser.add_argument("--root", type=pathlib.Path,
                      default=pathlib.Path(__file__).resolve().parents[1])
  arguments = parser.parse_args()
  differs = False
  for path, text in lists(arguments.root).items():
    file = arguments.root / path
    written = file.read_text(encoding="utf-8") if file.exists() else ""
    if written == text:
      continue
    if arguments.write:
      file.write_text(text, encoding="utf-8")
      print(f"{path}: written")
    else:
      differs = True
      sys.stdout.writelines(difflib.unified_diff(
          written.splitlines(True), text.splitlines(True), path, "the BUILD files"))
  if differs:
    print("The CMake build's lists are not what the BUILD files say.\n"
          "To bring them up to date:  ./bazelw run //cmake:update")
  return 1 if differs else 0


if __name__ == "__main__":
  sys.exit(main())
