import unittest

from report import fitness
from report import intervals

# user nice system idle iowait irq softirq steal guest guest_nice
_STAT = "cpu  100 20 300 4000 50 6 70 8 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\n"


class CpuTimesTest(unittest.TestCase):

  def test_idle_time_is_not_busy(self):
    times = fitness.parse_cpu_times(_STAT, ticks_per_second=100)
    self.assertAlmostEqual(times.by_processes, 4.28)
    self.assertAlmostEqual(times.busy, 5.04)

  def test_refuses_another_file(self):
    for text in ("", "cpu 1 2\n", "intr 1 2 3 4 5 6 7 8 9\n"):
      with self.assertRaises(ValueError):
        fitness.parse_cpu_times(text, 100)

  def test_the_system_has_them(self):
    before = fitness.read_cpu_times()
    deadline = fitness.own_cpu_seconds() + 0.2
    while fitness.own_cpu_seconds() < deadline:
      pass
    # Less than was spent: the system counts in ticks.
    self.assertGreater(fitness.read_cpu_times().by_processes,
                       before.by_processes + 0.1)


class CheckTest(unittest.TestCase):

  def test_a_build_must_be_optimised(self):
    good = {"optimized": True, "assertions": False, "compiler": "GCC"}
    self.assertTrue(fitness.check_build(good).passed)
    for bad in ({**good, "optimized": False}, {**good, "assertions": True}, {}):
      self.assertFalse(fitness.check_build(bad).passed)

  def test_others_may_take_a_tenth_of_a_cpu(self):
    self.assertTrue(fitness.check_quiet("c", "before", 0.1).passed)
    self.assertFalse(fitness.check_quiet("c", "before", 0.11).passed)
    # Clocks of different grain may make it less than nothing.
    self.assertTrue(fitness.check_quiet("c", "before", -0.2).passed)
    self.assertIn("0.00", fitness.check_quiet("c", "before", -0.2).finding)

  def test_raw_epoll_may_be_3_percent_off_itself(self):
    for ratio, passed in ((1, True), (1.029, True), (0.971, True),
                          (1.031, False), (0.969, False)):
      interval = intervals.Interval(ratio, ratio, ratio, 21)
      self.assertEqual(fitness.check_noise("c", "during", interval).passed,
                       passed, ratio)
