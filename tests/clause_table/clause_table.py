#!/usr/bin/env python3
"""Writes the table of docs/portability.md: what each backend keeps of each clause.

The rows are the clauses of docs/contract.md, the columns the backends that the
contract's tests ran on. A test tells by its name which clauses it proves; that it
could not, and why, by the message with which it is skipped, or by a property
(tests/contract/contract_test.h).

    clause_table.py --page PAGE --contract CONTRACT [--check | --write]
        [--run PROGRAM...] [--leave-out BACKEND...] [--xml FILE...]
        [--column FILE...] [--save FILE]

The results come from the programs of //tests/contract, which are run; from the
files that such programs wrote elsewhere (--gtest_output=xml:FILE); and from
columns that --save made of these. Fails if a test failed, if a clause has no test
on any backend, or, with --check, if the page says something else.
"""

from __future__ import annotations

import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import typing
from xml.etree import ElementTree

BEGIN, END = "<!-- clause table -->\n", "<!-- end of clause table -->"

# How tests/contract/contract_test.h begins the reasons.
UNSUPPORTED, NOT_APPLICABLE = "unsupported by capabilities: ", "not applicable: "

# The name of a test begins with the clauses that it proves: "M3M4AtMostOneEvent".
CLAUSES_OF_NAME = re.compile(r"(?:[RMWKPSTBGC]\d)+")
CLAUSE = re.compile(r"[RMWKPSTBGC]\d")
CLAUSE_OF_PAGE = re.compile(r"^\| ([RMWKPSTBGC]\d) \| (.*?)(?:: |\. | \(|; |\.? \|$)", re.MULTILINE)


class Untrue(Exception):
  """The table cannot be written, or the page does not have it."""


class Outcomes:
  """What the tests of one clause said on one backend."""

  def __init__(self) -> None:
    self.passed = 0
    self.failed: list[str] = []
    self.refused = False
    self.unsupported: set[str] = set()
    self.limits: set[str] = set()
    self.not_applicable = 0

  def cell(self) -> str:
    without = ", ".join(sorted(self.unsupported))
    if self.failed:
      return "**fails**"
    if self.refused:
      return "refused"
    if self.passed:
      return "".join(["pass", f", without {without}" if without else "",
                      *(f", but {each}" for each in sorted(self.limits))])
    if without:
      return f"unsupported: {without}"
    return "not applicable" if self.not_applicable else "not tested"


# By clause, then by backend.
Results = dict


def clauses_of_page(contract: str) -> dict[str, str]:
  """The clauses of docs/contract.md with the beginnings of what they say."""
  clauses = {}
  for clause, words in CLAUSE_OF_PAGE.findall(contract):
    clauses.setdefault(clause, " ".join(words.split()))
  return clauses


def add_xml(text: str, results: Results) -> None:
  for case in ElementTree.fromstring(text).iter("testcase"):
    # "W1EachRegistrationIsReportedOnce/epoll"; others are not of a backend.
    name, _, backend = case.get("name", "").partition("/")
    named = CLAUSES_OF_NAME.match(name)
    if not backend or not named:
      continue
    for clause in CLAUSE.findall(named.group()):
      add_case(case, name, clause, results[clause][backend])


def add_case(case, name: str, clause: str, outcomes: Outcomes) -> None:
  properties = {each.get("name"): each.get("value", "") for each in case.iter("property")}
  skipped = case.find("skipped")
  unsupported = properties.get("unsupported_" + clause)
  limit = properties.get("limit_" + clause)
  if case.find("failure") is not None or case.get("result") not in ("completed", "skipped"):
    outcomes.failed.append(name)
  elif skipped is not None:
    add_reason(skipped.get("message", ""), name, outcomes)
  elif properties.get("outcome") == "refused":
    outcomes.refused = True
  elif unsupported is not None:
    outcomes.unsupported.add(unsupported)
  else:
    outcomes.passed += 1
    if limit is not None:
      outcomes.limits.add(limit)


def add_reason(message: str, name: str, outcomes: Outcomes) -> None:
  if UNSUPPORTED in message:
    outcomes.unsupported.add(message.split(UNSUPPORTED, 1)[1].strip())
  elif NOT_APPLICABLE in message:
    outcomes.not_applicable += 1
  else:
    raise Untrue(f"{name} was skipped without one of the reasons: {message!r}")


def test_filter(left_out: typing.Sequence[str]) -> str:
  """For GoogleTest: all tests but those on these backends."""
  return "*" + "".join(f"{'-' if i == 0 else ':'}*/{backend}"
                       for i, backend in enumerate(left_out))


def run(program: str, left_out: typing.Sequence[str] = ()) -> str:
  """What GoogleTest's XML file says, on all backends but those."""
  with tempfile.TemporaryDirectory() as folder:
    file = pathlib.Path(folder) / "results.xml"
    done = subprocess.run(
        [program, f"--gtest_output=xml:{file}", f"--gtest_filter={test_filter(left_out)}"],
        check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if not file.exists():
      raise Untrue(f"{program} left no results:\n{done.stdout}")
    return file.read_text(encoding="utf-8")


def cells(results: Results) -> dict[str, dict[str, str]]:
  """By backend, then by clause. Raises where a test failed."""
  columns: dict[str, dict[str, str]] = {}
  for clause, backends in results.items():
    for backend, outcomes in backends.items():
      if outcomes.failed:
        raise Untrue(f"{clause} fails on {backend}: {', '.join(outcomes.failed)}")
      columns.setdefault(backend, {})[clause] = outcomes.cell()
  return columns


def table(clauses: dict[str, str], columns: dict[str, dict[str, str]]) -> str:
  """Raises where a clause has no test, or a test has no clause."""
  for clause in clauses:
    if not any(clause in column for column in columns.values()):
      raise Untrue(f"{clause} has no test on any backend")
  for column in columns.values():
    for clause in column:
      if clause not in clauses:
        raise Untrue(f"a test is named after {clause}, which the contract does not have")
  backends = sorted(columns)
  lines = ["| clause | | " + " | ".join(f"`{each}`" for each in backends) + " |",
           "|---|---|" + "---|" * len(backends)]
  for clause, title in clauses.items():
    row = [columns[each].get(clause, "not tested").replace("|", "\\|") for each in backends]
    lines.append(f"| {clause} | {title} | " + " | ".join(row) + " |")
  return "\n".join(lines)


def replace(page: str, block: str, begin: str = BEGIN, end: str = END) -> str:
  place = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
  text, places = place.subn(lambda _: f"{begin}\n{block}\n\n{end}", page)
  if places != 1:
    raise Untrue(f"the page has {places} places for the table, where one is needed")
  return text


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
  parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
  parser.add_argument("--page", type=pathlib.Path, required=True)
  parser.add_argument("--contract", type=pathlib.Path, required=True)
  parser.add_argument("--check", action="store_true", help="fail if the page is out of date")
  parser.add_argument("--write", action="store_true", help="bring the page up to date")
  parser.add_argument("--run", nargs="*", default=[], help="programs of //tests/contract")
  parser.add_argument("--leave-out", nargs="*", default=[], metavar="BACKEND",
                      help="those that get no column: these programs do not test them")
  parser.add_argument("--xml", nargs="*", default=[], type=pathlib.Path)
  parser.add_argument("--column", nargs="*", default=[], type=pathlib.Path)
  parser.add_argument("--save", type=pathlib.Path, help="write the columns there, for --column")
  return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
  options = parse_arguments(arguments)
  results: Results = collections.defaultdict(lambda: collections.defaultdict(Outcomes))
  for program in options.run:
    add_xml(run(program, options.leave_out), results)
  for file in options.xml:
    add_xml(file.read_text(encoding="utf-8"), results)
  columns = cells(results)
  if options.save:
    options.save.write_text(json.dumps(columns, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return
  for file in options.column:
    for backend, column in json.loads(file.read_text(encoding="utf-8")).items():
      columns.setdefault(backend, column)
  block = table(clauses_of_page(options.contract.read_text(encoding="utf-8")), columns)
  old = options.page.read_text(encoding="utf-8")
  new = replace(old, block)
  if options.write:
    options.page.write_text(new, encoding="utf-8")
  elif options.check and new != old:
    raise Untrue(f"{options.page} is out of date: bazel run //tests/clause_table:update; "
                 f"it would be\n{block}")
  else:
    print(block)


if __name__ == "__main__":
  try:
    main(sys.argv[1:])
  except Untrue as error:
    sys.exit(f"clause_table: {error}")
