import unittest

from report import counts

_CALLGRIND = """# callgrind format
version: 1
creator: callgrind-3.19.0
pid: 25473
events: Ir
summary: 127638

fn=(480) main
0 2274

totals: 127638
"""

_STRACE = """    calls syscall
--------- ----------------
        1 read
     2000 epoll_wait
        8 mmap
--------- ----------------
     2009 total
"""


class ParseCallgrindTest(unittest.TestCase):

  def test_finds_the_total(self):
    self.assertEqual(counts.parse_callgrind(_CALLGRIND), 127638)

  def test_adds_the_parts_of_a_file(self):
    self.assertEqual(counts.parse_callgrind(_CALLGRIND + "totals: 2\n"), 127640)

  def test_refuses_what_was_cut_off(self):
    with self.assertRaises(ValueError):
      counts.parse_callgrind(_CALLGRIND.replace("totals", ""))


class ParseStraceTest(unittest.TestCase):

  def test_finds_each_call(self):
    self.assertEqual(counts.parse_strace(_STRACE),
                     {"read": 1, "epoll_wait": 2000, "mmap": 8})

  def test_refuses_a_table_that_does_not_add_up(self):
    for text in ("", _STRACE.replace("     2000", "     1999"),
                 _STRACE.replace("total", "")):
      with self.assertRaises(ValueError):
        counts.parse_strace(text)


class CommandTest(unittest.TestCase):

  def test_ends_with_the_programs_own(self):
    for command in (counts.callgrind_command(["program", "--x"], "file"),
                    counts.strace_command(["program", "--x"], "file", False)):
      self.assertEqual(command[-2:], ["program", "--x"])

  def test_children_are_followed_only_where_there_are_threads(self):
    self.assertIn("--follow-forks", counts.strace_command([], "file", True))
    self.assertNotIn("--follow-forks",
                     counts.strace_command([], "file", False))


class SubtractTest(unittest.TestCase):

  def test_what_setting_up_takes_cancels_out(self):
    self.assertEqual(
        counts.subtract_calls({"mmap": 8, "read": 30, "futex": 1},
                              {"mmap": 8, "read": 10, "brk": 2}),
        {"read": 20, "futex": 1, "brk": -2})


class CountTest(unittest.TestCase):

  def test_is_told_for_each_operation(self):
    count = counts.Count("chain", {}, "selector", operations=10, events=10,
                         waits=5, instructions=1000,
                         system_calls={"read": 10, "epoll_wait": 5})
    self.assertEqual(count.instructions_per_operation(), 100)
    self.assertEqual(count.instructions_per_wait(), 200)
    self.assertEqual(count.system_calls_per_operation(), 1.5)

  def test_is_nothing_where_nothing_was_counted(self):
    count = counts.Count("chain", {}, "libev", operations=10, events=10)
    self.assertIsNone(count.instructions_per_operation())
    self.assertIsNone(count.instructions_per_wait())
    self.assertIsNone(count.system_calls_per_operation())


class FitLineTest(unittest.TestCase):

  def test_finds_what_a_wait_and_an_event_cost(self):
    line = counts.fit_line([(n, 40 + 7 * n) for n in (1, 16, 256, 1024)])
    self.assertAlmostEqual(line.per_wait, 40)
    self.assertAlmostEqual(line.per_event, 7)
