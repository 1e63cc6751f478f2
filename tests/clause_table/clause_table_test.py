import collections
import unittest

from clause_table import clause_table

_CONTRACT = """
| | |
|---|---|
| R1 | `Add` of a handle that is registered: `kAlreadyExists`. |
| M2 | Edge: reported once. |

| R1 | Said again elsewhere. |
"""


def _case(name, inside="", result="completed"):
  return f'<testcase name="{name}" result="{result}">{inside}</testcase>'


def _skipped(name, message):
  return _case(name, f'<skipped message="file.cc:1&#x0A;{message}"/>', "skipped")


def _property(name, value):
  return f'<properties><property name="{name}" value="{value}"/></properties>'


def _columns(*cases):
  results = collections.defaultdict(lambda: collections.defaultdict(clause_table.Outcomes))
  clause_table.add_xml(
      "<testsuites><testsuite>" + "".join(cases) + "</testsuite></testsuites>", results)
  return clause_table.cells(results)


class CellsTest(unittest.TestCase):

  def test_a_name_tells_clauses_and_backend(self):
    self.assertEqual(
        _columns(_case("R1M2Both/epoll"), _case("R1Other/poll"), _case("NoClause/epoll"),
                 _case("R1NoBackend")),
        {"epoll": {"R1": "pass", "M2": "pass"}, "poll": {"R1": "pass"}})

  def test_all_unsupported(self):
    self.assertEqual(
        _columns(_skipped("M2A/poll", "unsupported by capabilities: edge")),
        {"poll": {"M2": "unsupported: edge"}})

  def test_one_of_several_is_unsupported(self):
    self.assertEqual(
        _columns(_case("K3A/poll"), _skipped("K3B/poll", "unsupported by capabilities: edge")),
        {"poll": {"K3": "pass, without edge"}})

  def test_a_property_says_it_of_one_clause(self):
    self.assertEqual(
        _columns(_case("M3M4A/poll", _property("unsupported_M4", "edge"))),
        {"poll": {"M3": "pass", "M4": "unsupported: edge"}})

  def test_a_property_says_what_is_not_kept_in_full(self):
    self.assertEqual(
        _columns(_case("W7A/poll", _property("limit_W7", "takes a lock")), _case("W7B/poll")),
        {"poll": {"W7": "pass, but takes a lock"}})

  def test_refused_and_not_applicable(self):
    self.assertEqual(
        _columns(_skipped("R9A/single", "not applicable: one thread"),
                 _case("R9B/single", _property("outcome", "refused")),
                 _skipped("W1A/single", "not applicable: one thread")),
        {"single": {"R9": "refused", "W1": "not applicable"}})

  def test_a_failure_is_no_column(self):
    with self.assertRaisesRegex(clause_table.Untrue, "R1 fails on epoll: R1A"):
      _columns(_case("R1A/epoll", '<failure message="no"/>'), _case("R1B/epoll"))

  def test_a_test_that_did_not_run_is_a_failure(self):
    with self.assertRaisesRegex(clause_table.Untrue, "R1A"):
      _columns(_case("R1A/epoll", result="suppressed"))

  def test_every_skip_has_a_reason(self):
    with self.assertRaisesRegex(clause_table.Untrue, "R1A was skipped"):
      _columns(_skipped("R1A/epoll", "no time"))


class FilterTest(unittest.TestCase):

  def test_all_tests_but_those_on_what_is_left_out(self):
    self.assertEqual(clause_table.test_filter([]), "*")
    self.assertEqual(clause_table.test_filter(["epoll"]), "*-*/epoll")
    self.assertEqual(clause_table.test_filter(["epoll", "poll"]), "*-*/epoll:*/poll")


class TableTest(unittest.TestCase):
  clauses = clause_table.clauses_of_page(_CONTRACT)

  def test_rows_and_columns(self):
    block = clause_table.table(self.clauses, {"poll": {"R1": "pass"},
                                              "epoll": {"R1": "pass", "M2": "pass"}})
    self.assertEqual(block.splitlines(), [
        "| clause | | `epoll` | `poll` |", "|---|---|---|---|",
        "| R1 | `Add` of a handle that is registered | pass | pass |",
        "| M2 | Edge | pass | not tested |"])

  def test_a_bar_does_not_end_a_cell(self):
    block = clause_table.table({"M2": "Edge"}, {"poll": {"M2": "unsupported: edge|oneshot"}})
    self.assertIn("unsupported: edge\\|oneshot |", block)

  def test_a_clause_without_a_test_fails(self):
    with self.assertRaisesRegex(clause_table.Untrue, "M2 has no test"):
      clause_table.table(self.clauses, {"epoll": {"R1": "pass"}})

  def test_a_test_without_a_clause_fails(self):
    with self.assertRaisesRegex(clause_table.Untrue, "S9"):
      clause_table.table(self.clauses, {"epoll": {"R1": "pass", "M2": "pass", "S9": "pass"}})

  def test_a_page_needs_one_place(self):
    page = f"a\n{clause_table.BEGIN}old\n{clause_table.END}\nb\n"
    self.assertEqual(clause_table.replace(page, "new"),
                     f"a\n{clause_table.BEGIN}\nnew\n\n{clause_table.END}\nb\n")
    with self.assertRaisesRegex(clause_table.Untrue, "2 places"):
      clause_table.replace(page + page, "new")
