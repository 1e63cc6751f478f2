#!/usr/bin/env python3
"""Fails if a source includes what its folder must not know of.

The rules are NEVER below: pairs of folders, of which the first never includes
the second. Reads the sources of the checkout that this file is in; with a folder
as argument, those of that.
"""

import pathlib
import re
import sys
import typing

SYSTEMS = ("epoll", "io_uring", "iocp", "kqueue", "poll")

# (from, to): no file below `from` includes a file below `to`.
NEVER = (
    # The portable part knows no system, and nobody that uses it.
    ("event", "backends"),
    ("event", "benchmarks"),
    ("event", "examples"),
    ("event", "tests"),
    # Only `event/testing` is for tests, and only its own users take it.
    ("event/internal", "event/testing"),
    ("backends", "event/testing"),
    ("backends", "benchmarks"),
    ("backends", "examples"),
    ("backends", "tests"),
    # What two backends share stands below both of them. (io_uring has epoll's
    # selectors as a part and in its place.)
    *((f"backends/{one}", f"backends/{other}")
      for one in ("posix", *SYSTEMS) for other in SYSTEMS
      if one != other and (one, other) != ("io_uring", "epoll")),
    ("backends/iocp", "backends/posix"),
    # Examples are for programs that depend on the library: on its public part.
    ("examples", "backends"),
    ("examples", "benchmarks"),
    ("examples", "event/internal"),
    ("tests", "benchmarks"),
)

INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)


class Tree(typing.NamedTuple):
  """What was read."""

  files: int
  wrong: list


def is_below(path: str, folder: str) -> bool:
  return path.startswith(folder + "/")


def check(root: pathlib.Path) -> Tree:
  folders = sorted({folder.split("/")[0] for folder, _ in NEVER})
  files, wrong = 0, []
  for folder in folders:
    for file in sorted((root / folder).rglob("*")):
      if file.suffix not in (".cc", ".h") or not file.is_file():
        continue
      files += 1
      name = file.relative_to(root).as_posix()
      for included in INCLUDE.findall(file.read_text(encoding="utf-8")):
        wrong += [f"{name} includes {included}: {source} never includes {target}"
                  for source, target in NEVER
                  if is_below(name, source) and is_below(included, target)]
  return Tree(files, wrong)


def main(arguments: typing.Sequence[str]) -> int:
  # Bazel links to the sources, wherever it runs this.
  root = pathlib.Path(arguments[0] if arguments else
                      pathlib.Path(__file__).resolve().parents[2])
  tree = check(root)
  print("\n".join(tree.wrong))
  print(f"{tree.files} sources, {len(tree.wrong)} includes that run the wrong way")
  if not tree.files:
    print(f"there are no sources in {root}")
  return 0 if tree.files and not tree.wrong else 1


if __name__ == "__main__":
  sys.exit(main(sys.argv[1:]))
