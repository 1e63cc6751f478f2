import unittest

from report import fitness
from report import made_up_samples
from report import names
from report import samples
from report import summary as summaries

_CHAIN = made_up_samples.CASES[0]


class SummaryTest(unittest.TestCase):

  def setUp(self):
    self._run = made_up_samples.make_run()
    self._summary = summaries.Summary(self._run)

  def test_finds_every_workload_case_and_contestant(self):
    self.assertEqual(self._summary.workloads()[0], "chain")
    self.assertEqual(self._summary.cases("chain"), made_up_samples.CASES[:3])
    self.assertEqual(self._summary.contestants("chain"),
                     list(made_up_samples.CONTESTANTS))
    self.assertEqual(self._summary.unit("chain"), "event")

  def test_finds_the_ratios_that_went_in(self):
    for contestant, cost in made_up_samples.COSTS.items():
      ratio = self._summary.cell(_CHAIN, contestant).cpu_ratio
      self.assertAlmostEqual(ratio.median, cost, delta=0.01 * cost)
      self.assertEqual(ratio.count, 21)
      if contestant != names.BASELINE:
        self.assertLess(ratio.low, ratio.median)

  def test_the_ratio_of_two_contestants(self):
    ratio = self._summary.ratio(_CHAIN, names.LIBRARY, "libev")
    self.assertAlmostEqual(ratio.median, 1.01 / 0.8, delta=0.01)

  def test_a_round_that_one_lacks_has_no_ratio(self):
    self._run.samples = [
        sample for sample in self._run.samples
        if sample.contestant != "libev" or sample.round >= 5]
    summary = summaries.Summary(self._run)
    self.assertEqual(summary.cell(_CHAIN, "libev").cpu_ratio.count, 16)

  def test_a_contestant_without_a_common_round_has_no_ratio(self):
    self._run.samples = [sample for sample in self._run.samples
                        if sample.contestant != names.BASELINE]
    summary = summaries.Summary(self._run)
    self.assertIsNone(summary.cell(_CHAIN, "libev").cpu_ratio)

  def test_who_does_not_take_part_has_no_cell(self):
    self.assertIsNone(self._summary.cell(_CHAIN, "nobody"))
    self.assertIsNone(self._summary.cell(samples.Case("none"), "libev"))

  def test_counts_go_with_their_cells(self):
    cell = self._summary.cell(_CHAIN, "libev")
    self.assertEqual(cell.count.contestant, "libev")
    self.assertEqual(cell.count.parameters, dict(_CHAIN.parameters))

  def test_noise_is_that_of_raw_epoll(self):
    self.assertAlmostEqual(self._summary.noise(_CHAIN).median, 1, delta=0.01)

  def test_a_failed_check_makes_its_case_unfit(self):
    other = made_up_samples.CASES[1]
    self._run.checks = [
        fitness.check_quiet(_CHAIN.name(), "during", 2),
        # Before the measurement it was loud, and then it was not.
        fitness.check_quiet(other.name(), "before", 2)]
    self.assertTrue(self._summary.unfit(_CHAIN))
    self.assertFalse(self._summary.unfit(other))

  def test_a_bad_build_makes_all_unfit(self):
    self._run.checks = [fitness.check_build({})]
    self.assertTrue(all(self._summary.unfit(case)
                        for case in made_up_samples.CASES))
