#!/usr/bin/env python3
"""Checks that the C++ code on the pages is code that is compiled.

Sources have the code that pages show between two comment lines:

    // [begin what it shows]
    ...
    // [end]

A C++ block of a page must be the text between two such lines, byte for byte but
for the indentation that all of its lines share; and each such text must be shown
by some page. The sources are compiled, and mostly run, by tests of their own.

    code_blocks.py --pages PAGE... --sources SOURCE...
"""

import argparse
import collections
import difflib
import pathlib
import re
import sys
import textwrap

# What a page calls C++. Other languages are not looked at; but a block has to
# say which it is, so that no C++ slips through without a name.
CPP = {"c", "c++", "cc", "cpp", "cxx", "h", "hpp"}

# Some code: where it begins, what it is (the name of a marked part, the language
# of a block), and its text.
Code = collections.namedtuple("Code", "place kind text")

BEGIN = re.compile(r"\s*// \[begin( .+)?\]")
END = re.compile(r"\s*// \[end\]")
FENCE = re.compile(r"(?P<indent> *)(?P<fence>`{3,}|~{3,})(?P<language>.*)")


class Malformed(Exception):
  """A mark or a fence is without its other half."""


def marked(path, content):
  """The marked parts of a source file."""
  parts = []
  start = None
  lines = content.splitlines(keepends=True)
  for number, line in enumerate(lines, 1):
    begin = BEGIN.fullmatch(line.rstrip("\n"))
    if begin and start is None:
      start, name = number, (begin[1] or "").strip()
    elif begin:
      raise Malformed(f"{path}:{number}: [begin] before the [end] of line {start}")
    elif END.fullmatch(line.rstrip("\n")):
      if start is None:
        raise Malformed(f"{path}:{number}: [end] without [begin]")
      text = textwrap.dedent("".join(lines[start:number - 1]))
      parts.append(Code(f"{path}:{start}", name, text))
      start = None
  if start is not None:
    raise Malformed(f"{path}:{start}: [begin] without [end]")
  return parts


def blocks(path, content):
  """The fenced blocks of a page, of all languages."""
  found = []
  opened = None
  lines = content.splitlines(keepends=True)
  for number, line in enumerate(lines, 1):
    fence = FENCE.fullmatch(line.rstrip("\n"))
    if not fence:
      continue
    if opened is None:
      opened, start = fence, number
    elif fence["fence"].startswith(opened["fence"]) and not fence["language"].strip():
      text = textwrap.dedent("".join(lines[start:number - 1]))
      found.append(Code(f"{path}:{start}", opened["language"].strip().lower(), text))
      opened = None
  if opened is not None:
    raise Malformed(f"{path}:{start}: a block without an end")
  return found


def difference(block, parts):
  """From the most similar part to the block, as a diff."""
  score = lambda part: difflib.SequenceMatcher(None, part.text, block.text).ratio()
  nearest = max(parts, key=score, default=None)
  if nearest is None:
    return ""
  return "".join(
      difflib.unified_diff(
          nearest.text.splitlines(keepends=True), block.text.splitlines(keepends=True),
          nearest.place, block.place))


def problems(pages, sources):
  """What is wrong, as texts; `pages` and `sources` are contents by path."""
  try:
    parts = [part for path, content in sources.items() for part in marked(path, content)]
    shown = [block for path, content in pages.items() for block in blocks(path, content)]
  except Malformed as error:
    return [str(error)]
  compiled = {part.text for part in parts}
  cpp = [block for block in shown if block.kind in CPP]
  on_pages = {block.text for block in cpp}
  return [
      f"{block.place}: a block must say its language, such as ```cpp or ```text"
      for block in shown if not block.kind
  ] + [
      f"{block.place}: this C++ is not between [begin] and [end] of a source\n"
      + difference(block, parts)
      for block in cpp if block.text not in compiled
  ] + [
      f"{part.place}: no page shows \"{part.kind}\""
      for part in parts if part.text not in on_pages
  ]


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument("--pages", nargs="+", required=True)
  parser.add_argument("--sources", nargs="+", required=True)
  arguments = parser.parse_args()
  read = lambda paths: {path: pathlib.Path(path).read_text(encoding="utf-8") for path in paths}
  pages, sources = read(arguments.pages), read(arguments.sources)
  found = problems(pages, sources)
  for problem in found:
    print(problem)
  if found:
    return 1
  count = sum(block.kind in CPP for path in pages for block in blocks(path, pages[path]))
  print(f"{count} blocks of C++ on {len(pages)} pages are compiled")
  return 0


if __name__ == "__main__":
  sys.exit(main())
