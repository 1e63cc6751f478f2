#!/usr/bin/env python3
"""Writes the column "seen" of docs/handles.md: what the tests of each row saw.

A row of the page begins with its number ("| H7 |"), and so does the name of its
test ("H7Sysctl"), which runs on each of the selectors and writes down what it sees
(tests/handles/handles_test.h). The last cell of the row is that, once where all
selectors say the same.

    handles_table.py --page PAGE --run PROGRAM... [--check | --write]

Fails if a test failed, if a row has no test or a test no row, or, with --check, if
the page says something else about the kernel that this is. A row that this kernel
cannot show is listed with its reason: in the page, too, with --write. On another
kernel than the page's, --check lists what differs, and does not fail for it.
"""

from __future__ import annotations

import argparse
import collections
import datetime
import pathlib
import platform
import re
import sys
from xml.etree import ElementTree

# Beside this folder, and not behind the links by which Bazel gives files.
sys.path.insert(0, str(pathlib.Path(__file__).absolute().parents[1]))
from clause_table import clause_table  # pylint: disable=wrong-import-position
from clause_table.clause_table import Untrue  # pylint: disable=wrong-import-position

BEGIN, END = "<!-- seen on -->\n", "<!-- end of seen on -->\n"

ROW = re.compile(r"^\| (H\d+) \| (.*) \| ?([^|]*?) ?\|$", re.MULTILINE)
TEST = re.compile(r"(H\d+)[A-Z]\w*/(\w+)")
SEEN_ON = re.compile(r"Linux (\d+\.\d+), (\d{4}-\d\d-\d\d)")

# How EVENT_HANDLES_NEED begins the reason of a skip.
NOT_HERE = "not here: "

# How EVENT_HANDLES_NOT_BY_REQUESTS does: the row is not for this selector.
NOT_FOR_IT = "not by requests: "

# A part of a cell: the selectors that say the same, and what they say.
PART = re.compile(r"(`\w+`(?:, `\w+`)*): (.*)", re.DOTALL)


class Row:
  """What the tests of one row said."""

  def __init__(self) -> None:
    self.seen: dict[str, str] = {}  # By selector.
    self.missing: set[str] = set()

  def cell(self) -> str:
    if not self.seen:
      return "not here: " + ", ".join(sorted(self.missing))
    by_words = collections.defaultdict(list)
    for selector, words in sorted(self.seen.items()):
      by_words[words].append(selector)
    if len(by_words) == 1:
      return next(iter(by_words))
    return "<br>".join(f"{', '.join(f'`{each}`' for each in selectors)}: {words}"
                       for words, selectors in by_words.items())


def add_xml(text: str, rows: dict[str, Row]) -> None:
  """Raises where a test failed."""
  for case in ElementTree.fromstring(text).iter("testcase"):
    named = TEST.fullmatch(case.get("name", ""))
    if not named:
      continue
    row = rows.setdefault(named.group(1), Row())
    skipped = case.find("skipped")
    if case.find("failure") is not None or case.get("result") not in ("completed", "skipped"):
      raise Untrue(f"{case.get('name')} fails")
    if skipped is not None:
      message = skipped.get("message", "")
      if NOT_FOR_IT in message:
        continue
      if NOT_HERE not in message:
        raise Untrue(f"{case.get('name')} was skipped without a reason: {message!r}")
      row.missing.add(message.split(NOT_HERE, 1)[1].strip())
      continue
    for each in case.iter("property"):
      if each.get("name") == "seen":
        row.seen[named.group(2)] = each.get("value", "")
    if named.group(2) not in row.seen:
      raise Untrue(f"{case.get('name')} wrote nothing down")


def check_rows(page: str, rows: dict[str, Row]) -> None:
  on_page = [row for row, _, _ in ROW.findall(page)]
  for row in sorted(set(on_page) ^ set(rows)):
    raise Untrue(f"{row} is {'a row without a test' if row in on_page else 'a test without a row'}")
  if len(on_page) != len(set(on_page)):
    raise Untrue("a row is there twice")


def words_for(cell: str, selector: str) -> str:
  """What the page's `cell` says about `selector`."""
  for part in cell.split("<br>"):
    named = PART.fullmatch(part)
    if not named:
      return cell
    if f"`{selector}`" in named[1]:
      return named[2]
  return ""


def differences(page: str, rows: dict[str, Row]) -> list[str]:
  """Where the page says something else than what was seen. About a selector that does not
  work here (io_uring in many containers) the page may say what it likes."""
  return [f"{row}: {rows[row].cell()}\n    the page: {cell}"
          for row, _, cell in ROW.findall(page)
          if any(words_for(cell, selector) != words for selector, words in rows[row].seen.items())]


def rewritten(page: str, rows: dict[str, Row], kernel: str, day: str) -> str:
  page = ROW.sub(lambda row: f"| {row[1]} | {row[2]} | {rows[row[1]].cell()} |", page)
  return clause_table.replace(page, f"Seen on Linux {kernel}, {day}.", BEGIN, END)


def summary(rows: dict[str, Row]) -> str:
  skipped = {name: row for name, row in rows.items() if row.missing}
  lines = [f"{len(rows) - len(skipped)} of {len(rows)} rows seen"]
  lines += [f"skipped {name}: {', '.join(sorted(row.missing))}" for name, row in skipped.items()]
  return "\n".join(lines)


def main(arguments: list[str]) -> None:
  parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
  parser.add_argument("--page", type=pathlib.Path, required=True)
  parser.add_argument("--check", action="store_true")
  parser.add_argument("--write", action="store_true")
  parser.add_argument("--run", nargs="+", required=True)
  options = parser.parse_args(arguments)
  rows: dict[str, Row] = {}
  for program in options.run:
    add_xml(clause_table.run(program), rows)
  print(summary(rows))
  page = options.page.read_text(encoding="utf-8")
  check_rows(page, rows)
  kernel = ".".join(platform.release().split(".")[:2])
  if options.write:
    today = datetime.date.today().isoformat()
    options.page.write_text(rewritten(page, rows, kernel, today), encoding="utf-8")
    return
  seen_on = SEEN_ON.search(page)
  differing = differences(page, rows)
  print("\n".join(differing))
  if options.check and differing and (not seen_on or seen_on[1] == kernel):
    raise Untrue("the page is out of date: bazel run //tests/handles:update")


if __name__ == "__main__":
  try:
    main(sys.argv[1:])
  except Untrue as error:
    sys.exit(f"handles_table: {error}")
