import unittest

from handles import handles_table

_PAGE = """# Handles

<!-- seen on -->

Seen on Linux 1.2, 2020-01-01.

<!-- end of seen on -->

| row | handle | seen |
|---|---|---|
| H1 | a file | old |
| H2 | a pipe | readable |
"""


def _case(name, inside="", result="completed"):
  return f'<testcase name="{name}" result="{result}">{inside}</testcase>'


def _seen(name, words):
  return _case(name, f'<properties><property name="seen" value="{words}"/></properties>')


def _skipped(name, message):
  return _case(name, f'<skipped message="file.cc:1&#x0A;{message}"/>', "skipped")


def _rows(*cases):
  rows = {}
  handles_table.add_xml(
      "<testsuites><testsuite>" + "".join(cases) + "</testsuite></testsuites>", rows)
  return rows


class CellTest(unittest.TestCase):

  def test_what_all_selectors_say_stands_there_once(self):
    rows = _rows(_seen("H1File/epoll", "none"), _seen("H1File/poll", "none"))
    self.assertEqual(rows["H1"].cell(), "none")

  def test_each_selector_that_differs_has_a_line(self):
    rows = _rows(_seen("H1File/epoll", "none"), _seen("H1File/poll", "all"))
    self.assertEqual(rows["H1"].cell(), "`epoll`: none<br>`poll`: all")

  def test_what_is_missing_is_named(self):
    rows = _rows(_skipped("H1File/epoll", "not here: /dev/x"))
    self.assertEqual(rows["H1"].cell(), "not here: /dev/x")
    self.assertIn("0 of 1 rows seen\nskipped H1: /dev/x", handles_table.summary(rows))

  def test_a_skip_without_a_reason_fails(self):
    with self.assertRaisesRegex(handles_table.Untrue, "H1File/epoll"):
      _rows(_skipped("H1File/epoll", "no time"))

  def test_a_failure_fails(self):
    with self.assertRaisesRegex(handles_table.Untrue, "H1File/epoll fails"):
      _rows(_case("H1File/epoll", '<failure message="no"/>'))

  def test_a_row_that_wrote_nothing_down_fails(self):
    with self.assertRaisesRegex(handles_table.Untrue, "nothing down"):
      _rows(_case("H1File/epoll"))


class PageTest(unittest.TestCase):

  def test_the_last_cell_is_replaced(self):
    rows = _rows(_seen("H1File/epoll", "new"), _seen("H2Pipe/epoll", "readable"))
    self.assertEqual(
        handles_table.rewritten(_PAGE, rows, "3.4", "2021-02-03"),
        _PAGE.replace("old", "new").replace("1.2, 2020-01-01", "3.4, 2021-02-03"))

  def test_differences_are_those_of_rows_that_were_seen(self):
    rows = _rows(_skipped("H1File/epoll", "not here: x"), _seen("H2Pipe/epoll", "hangup"))
    self.assertEqual(len(handles_table.differences(_PAGE, rows)), 1)

  def test_a_selector_that_does_not_work_here_makes_no_difference(self):
    page = _PAGE.replace("| old |", "| `epoll`, `poll`: new<br>`io_uring`: other |")
    here = [_seen("H1File/epoll", "new"), _seen("H2Pipe/epoll", "readable")]
    self.assertEqual(handles_table.differences(page, _rows(*here)), [])
    self.assertEqual(
        handles_table.differences(page, _rows(*here, _seen("H1File/io_uring", "other"))), [])
    self.assertEqual(
        len(handles_table.differences(page, _rows(*here, _seen("H1File/io_uring", "new")))), 1)

  def test_a_row_that_is_not_for_a_selector_is_not_missing(self):
    rows = _rows(_seen("H1File/epoll", "new"), _skipped("H1File/io", "not by requests: x"))
    self.assertEqual(rows["H1"].cell(), "new")
    self.assertEqual(handles_table.summary(rows), "1 of 1 rows seen")

  def test_a_row_without_a_test_fails(self):
    with self.assertRaisesRegex(handles_table.Untrue, "H2 is a row without a test"):
      handles_table.check_rows(_PAGE, _rows(_seen("H1File/epoll", "x")))

  def test_a_test_without_a_row_fails(self):
    rows = _rows(_seen("H1A/epoll", "x"), _seen("H2A/epoll", "x"), _seen("H3A/epoll", "x"))
    with self.assertRaisesRegex(handles_table.Untrue, "H3 is a test without a row"):
      handles_table.check_rows(_PAGE, rows)
