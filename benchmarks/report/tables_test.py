import csv
import io
import unittest

from report import intervals
from report import made_up_samples
from report import summary as summaries
from report import tables


class WorkloadTablesTest(unittest.TestCase):

  def setUp(self):
    self._summary = summaries.Summary(made_up_samples.make_run())

  def _table(self, workload, title):
    found = [table for table in tables.workload_tables(self._summary, workload)
             if title in table.title]
    self.assertEqual(len(found), 1, title)
    return found[0]

  def test_has_a_row_for_each_case_and_a_column_for_each_contestant(self):
    table = self._table("chain", "against raw epoll")
    self.assertEqual(table.header[:3], ["", "raw epoll again", "Selector"])
    self.assertEqual([row[0] for row in table.rows],
                     ["100 handles, 1 active", "1,000 handles, 1 active",
                      "1,000 handles, 100 active"])
    self.assertRegex(table.rows[0][2],
                     r"^1\.01\d \(1\.0\d\d to 1\.01\d\)$")

  def test_tells_the_counts(self):
    calls = self._table("chain", "System calls of an event")
    self.assertEqual(set(calls.rows[0][1:]), {"1.01"})
    instructions = self._table("chain", "instructions of an event")
    self.assertEqual(instructions.rows[0][1], "32")

  def test_leaves_out_what_nobody_measured(self):
    titles = [table.title
              for table in tables.workload_tables(self._summary, "chain")]
    self.assertFalse([title for title in titles if "memory" in title])
    memory = self._table("scale", "memory")
    self.assertEqual(dict(zip(memory.header, memory.rows[0]))["libev"], "64.0")
    self.assertEqual(dict(zip(memory.header, memory.rows[0]))["Selector"],
                     "0.0")

  def test_a_contestant_that_takes_no_part_has_a_dash(self):
    run = made_up_samples.make_run()
    run.samples = [sample for sample in run.samples
                   if sample.contestant != "asio"
                   or sample.case != made_up_samples.CASES[0]]
    self._summary = summaries.Summary(run)
    table = self._table("chain", "against raw epoll")
    column = table.header.index("Asio")
    self.assertEqual(table.rows[0][column], "–")
    self.assertNotEqual(table.rows[1][column], "–")


class FormatTest(unittest.TestCase):

  def test_a_ratio_without_an_interval(self):
    self.assertEqual(
        tables.ratio_text(intervals.Interval(1.5, None, None, 3)), "1.500")

  def test_markdown(self):
    table = tables.Table("title", ["", "a|b"], [["x", "1"], ["y", "2"]])
    self.assertEqual(tables.markdown(table),
                     "|  | a\\|b |\n|---|---|\n| x | 1 |\n| y | 2 |\n")

  def test_articles(self):
    self.assertEqual(tables.with_article("event"), "an event")
    self.assertEqual(tables.with_article("wake"), "a wake")


class CsvTest(unittest.TestCase):

  def test_has_every_cell_and_every_number(self):
    summary = summaries.Summary(made_up_samples.make_run())
    rows = list(csv.DictReader(io.StringIO(
        tables.to_csv(tables.records(summary)))))
    self.assertEqual(len(rows), len(summary.cells))
    first = next(row for row in rows if row["contestant"] == "libev")
    cell = summary.cell(made_up_samples.CASES[0], "libev")
    self.assertEqual(first["case"], "100 handles, 1 active")
    self.assertEqual(float(first["cpu_ratio_low"]), cell.cpu_ratio.low)
    self.assertEqual(float(first["system_calls_per_operation"]),
                     cell.count.system_calls_per_operation())
    self.assertEqual(first["p99_ns"], "")
    echo = next(row for row in rows if row["workload"] == "echo")
    self.assertGreater(float(echo["p99_ns"]), 0)
