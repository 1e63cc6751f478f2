import pathlib
import stat
import tempfile
import unittest

from report import program as programs

_LINES = """{"machine": {}}
{"workload": "idle", "contestant": "poll"}
"""


class ProgramTest(unittest.TestCase):

  def setUp(self):
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self._path = pathlib.Path(folder.name, "program")

  def _program(self, script: str) -> programs.Program:
    self._path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    self._path.chmod(self._path.stat().st_mode | stat.S_IXUSR)
    return programs.Program(str(self._path))

  def test_lists_cases_and_contestants(self):
    program = self._program(
        "echo case chain/handles:1; echo case idle; echo contestant raw_epoll")
    self.assertEqual(
        program.list(),
        programs.Listing(["chain/handles:1", "idle"], ["raw_epoll"]))

  def test_hands_over_the_flags(self):
    program = self._program('echo "$@"')
    self.assertEqual(
        "".join(program.measure("idle", ["a", "b"], 21, 2.5)).split(),
        ["--workload=idle", "--contestants=a,b", "--pairs=21",
         "--min_time=2.5ms"])

  def test_hands_out_a_line_before_the_program_ends(self):
    # It ends when it is told that its line has come.
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    told = pathlib.Path(folder.name, "told")
    program = self._program(
        f"echo one; until [ -e {told} ]; do sleep 0.01; done; echo two")
    lines = program.measure("idle", [], 1, 1)
    self.assertEqual(next(lines), "one\n")
    told.touch()
    self.assertEqual(list(lines), ["two\n"])

  def test_tells_why_the_program_failed(self):
    program = self._program("echo line; echo early >&2; echo last >&2; exit 3")
    lines = program.measure("idle", [], 1, 1)
    self.assertEqual(next(lines), "line\n")
    with self.assertRaisesRegex(programs.Failed, "^last$"):
      next(lines)

  def test_tells_the_status_of_a_program_that_says_nothing(self):
    with self.assertRaisesRegex(programs.Failed, "status 3"):
      self._program("exit 3").list()


class ParseCountTest(unittest.TestCase):

  def test_finds_the_record(self):
    self.assertEqual(programs.parse_count(_LINES)["contestant"], "poll")

  def test_finds_none_where_the_contestant_takes_no_part(self):
    self.assertIsNone(programs.parse_count(_LINES.split("\n", 1)[0]))
