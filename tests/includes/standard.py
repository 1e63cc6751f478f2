#!/usr/bin/env python3
"""Fails if a public header does not say that it needs C++17.

Runs the preprocessor over each header in event/ and event/testing/: as C++14,
which has to end with that error, and as C++17, which has to be accepted. The
headers of Abseil may be missing: with -MG, the preprocessor goes on without.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import typing

MESSAGE = "event_selector needs C++17"


def compiler() -> str:
  for name in (os.environ.get("CXX"), "c++", "g++", "clang++"):
    if name and shutil.which(name):
      return name
  raise FileNotFoundError("there is no C++ compiler on PATH")


def preprocess(root: pathlib.Path, header: pathlib.Path, standard: str) -> subprocess.CompletedProcess:
  return subprocess.run(
      [compiler(), f"-std={standard}", "-M", "-MG", f"-I{root}", "-x", "c++", str(header)],
      check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8")


def check(root: pathlib.Path) -> typing.Tuple[int, list]:
  """How many headers there are, and what is wrong with them."""
  headers = sorted([*(root / "event").glob("*.h"), *(root / "event/testing").glob("*.h")])
  wrong = []
  for header in headers:
    old = preprocess(root, header, "c++14")
    if old.returncode == 0 or MESSAGE not in old.stderr:
      wrong.append(f"{header.relative_to(root)} does not include event/internal/cxx17.h")
    new = preprocess(root, header, "c++17")
    if new.returncode != 0:
      wrong.append(f"{header.relative_to(root)} is no C++17: {new.stderr}")
  return len(headers), wrong


def main(arguments: typing.Sequence[str]) -> int:
  # Bazel links to the sources, wherever it runs this.
  root = pathlib.Path(arguments[0] if arguments else
                      pathlib.Path(__file__).resolve().parents[2])
  count, wrong = check(root)
  print("\n".join(wrong))
  print(f"{count} public headers, {len(wrong)} that do not say what they need")
  return 0 if count and not wrong else 1


if __name__ == "__main__":
  sys.exit(main(sys.argv[1:]))
