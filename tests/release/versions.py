#!/usr/bin/env python3
"""Fails if two places name different versions of the library.

Reads the checkout that this file is in; with a folder as argument, that.
"""

import pathlib
import re
import sys
import typing

VERSION = r"(\d+)\.(\d+)\.(\d+)"


def versions(root: pathlib.Path) -> dict:
  """What each place says, or None where it says nothing: major, minor, patch."""

  def find(file: str, pattern: str) -> typing.Optional[tuple]:
    found = re.search(pattern, (root / file).read_text(encoding="utf-8"), re.MULTILINE)
    return tuple(map(int, found.groups())) if found else None

  parts = [find("event/version.h", rf"^#define EVENT_SELECTOR_VERSION_{part} (\d+)$")
           for part in ("MAJOR", "MINOR", "PATCH")]
  return {
      "event/version.h, as numbers": tuple(part[0] for part in parts) if all(parts) else None,
      "event/version.h, as text":
          find("event/version.h", rf'^#define EVENT_SELECTOR_VERSION_STRING "{VERSION}"$'),
      "MODULE.bazel":
          find("MODULE.bazel", rf'module\(\s*name = "event_selector",\s*version = "{VERSION}"'),
  }


def minor_versions(root: pathlib.Path) -> dict:
  """What users are told to ask find_package for: major, minor."""
  said = {}
  for file in ("README.md", "docs/install.md",
               "tests/consumers/find_package/CMakeLists.txt"):
    text = (root / file).read_text(encoding="utf-8")
    for number, found in enumerate(re.findall(r"find_package\(event_selector (\d+)\.(\d+)", text)):
      said[f"{file}, find_package {number + 1}"] = tuple(map(int, found))
  return said


def check(root: pathlib.Path) -> list:
  said = versions(root)
  first = next(iter(said.values()))
  if first is None:
    return ["event/version.h names no version"]
  wrong = [f"{place} says {version}, and not {first}"
           for place, version in said.items() if version != first]
  minors = minor_versions(root)
  if not minors:
    wrong.append("no page says find_package")
  return wrong + [f"{place} says {version}, and not {first[:2]}"
                  for place, version in minors.items() if version != first[:2]]


def main(arguments: typing.Sequence[str]) -> int:
  # Bazel links to the sources, wherever it runs this.
  root = pathlib.Path(arguments[0] if arguments else
                      pathlib.Path(__file__).resolve().parents[2])
  wrong = check(root)
  print("\n".join(wrong) or f"every place says {versions(root)['MODULE.bazel']}")
  return 1 if wrong else 0


if __name__ == "__main__":
  sys.exit(main(sys.argv[1:]))
