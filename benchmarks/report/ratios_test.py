import unittest

from report import ratios
from report import samples

_CASE = samples.Case("wake", (("form", "storm"),))


def _sample(contestant, number, ns, case=_CASE):
  return samples.Sample(case, contestant, number, "wake", operations=10,
                        events=10, waits=1, cpu_ns=10 * ns, wall_ns=20 * ns,
                        extra={})


class TableTest(unittest.TestCase):

  def test_differences_and_ratios_are_those_of_a_round(self):
    # The machine is three times as slow in the second round.
    run = samples.Run(samples=[
        _sample("much", 0, 50), _sample("plain", 0, 20),
        _sample("plain", 1, 60), _sample("much", 1, 90),
        _sample("plain", 2, 20), _sample("much", 2, 50)])
    self.assertEqual(ratios.table(run, "plain"), [
        ["case", "contestant", "ns", "more ns", "ratio"],
        ["wake/form:storm", "plain", "20.0", "", ""],
        ["wake/form:storm", "much", "50.0", "+30.0", "2.500"]])

  def test_every_case_begins_with_the_baseline(self):
    other = samples.Case("churn")
    run = samples.Run(samples=[
        _sample("a", 0, 1), _sample("b", 0, 2), _sample("c", 0, 3),
        _sample("c", 0, 4, other), _sample("b", 0, 5, other)])
    self.assertEqual([line[:3] for line in ratios.table(run, "b")[1:]], [
        ["wake/form:storm", "b", "2.0"], ["wake/form:storm", "a", "1.0"],
        ["wake/form:storm", "c", "3.0"], ["churn", "b", "5.0"],
        ["churn", "c", "4.0"]])

  def test_numbers_are_aligned_at_their_ends(self):
    self.assertEqual(ratios.aligned([["case", "who", "ns"], ["c", "a", "1.5"],
                                     ["c", "bcde", "10.5"]]),
                     "case  who     ns\nc     a      1.5\nc     bcde  10.5")
