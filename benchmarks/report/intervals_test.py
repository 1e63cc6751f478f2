import random
import unittest

from report import intervals


class LowerRankTest(unittest.TestCase):

  def test_is_the_binomial_distributions(self):
    # scipy.stats.binom.ppf(0.025, count, 0.5)
    for count, rank in ((6, 1), (8, 1), (9, 2), (10, 2), (20, 6), (21, 6),
                        (31, 10), (51, 19)):
      with self.subTest(count=count):
        self.assertEqual(intervals.lower_rank(count), rank)

  def test_too_few_values_have_no_interval(self):
    for count in range(6):
      self.assertEqual(intervals.lower_rank(count), 0)

  def test_a_lower_confidence_narrows_it(self):
    self.assertGreater(intervals.lower_rank(21, 0.5), intervals.lower_rank(21))


class MedianIntervalTest(unittest.TestCase):

  def test_of_the_numbers_from_1_to_21(self):
    numbers = list(range(1, 22))
    random.Random(1).shuffle(numbers)
    self.assertEqual(intervals.median_interval(numbers),
                     intervals.Interval(11, 6, 16, 21))

  def test_a_few_numbers_have_a_median_only(self):
    found = intervals.median_interval([3, 1, 2])
    self.assertEqual(found, intervals.Interval(2, None, None, 3))
    self.assertFalse(found.known)

  def test_holds_the_true_median_as_often_as_it_says(self):
    # Of a skewed distribution, whose median is ln 2.
    chance = random.Random(7)
    inside = 0
    for _ in range(2000):
      found = intervals.median_interval(
          chance.expovariate(1) for _ in range(21))
      inside += found.low <= 0.6931 <= found.high
    # 97.3 % is what the binomial distribution gives for ranks 6 and 16.
    self.assertAlmostEqual(inside / 2000, 0.973, delta=0.012)

  def test_scaled(self):
    self.assertEqual(intervals.Interval(2, 1, 3, 9).scaled(10),
                     intervals.Interval(20, 10, 30, 9))
    self.assertEqual(intervals.Interval(2, None, None, 3).scaled(10),
                     intervals.Interval(20, None, None, 3))


class RatioIntervalTest(unittest.TestCase):

  def test_pairs_and_not_medians_are_divided(self):
    # A disturbance that slows both of a pair leaves the ratio as it is.
    numerators = [2, 20, 2, 200, 2, 2, 2]
    denominators = [1, 10, 1, 100, 1, 1, 1]
    self.assertEqual(intervals.ratio_interval(numerators, denominators),
                     intervals.Interval(2, 2, 2, 7))

  def test_refuses_a_value_without_its_pair(self):
    with self.assertRaises(ValueError):
      intervals.ratio_interval([1, 2], [1])
