"""The median of a few measurements, with the interval that it lies in."""

from __future__ import annotations

import dataclasses
import math
import statistics
from typing import Iterable, Optional, Sequence


@dataclasses.dataclass(frozen=True)
class Interval:
  """A median, and its interval where there are values enough for one."""
  median: float
  low: Optional[float]
  high: Optional[float]
  count: int

  @property
  def known(self) -> bool:
    return self.low is not None

  def scaled(self, factor: float) -> Interval:
    if not self.known:
      return Interval(self.median * factor, None, None, self.count)
    return Interval(self.median * factor, self.low * factor,
                    self.high * factor, self.count)


def lower_rank(count: int, confidence: float = 0.95) -> int:
  """The k for which the k-th smallest and the k-th largest of `count` values
  hold the population's median between them with at least that confidence; 0
  where there are too few values. Counted from 1.

  Each value is below the median with probability 1/2, so how many are is
  binomial. Nothing is assumed of the values' distribution: David and Nagaraja,
  Order Statistics, section 7.1.
  """
  tail = 0.0
  for rank in range(count // 2 + 1):
    tail += math.comb(count, rank) / 2**count
    if 2 * tail > 1 - confidence:
      return rank
  return count // 2


def median_interval(values: Iterable[float],
                    confidence: float = 0.95) -> Interval:
  """Needs at least one value; below six there is no interval of 95 %."""
  ordered = sorted(values)
  rank = lower_rank(len(ordered), confidence)
  median = statistics.median(ordered)
  if rank == 0:
    return Interval(median, None, None, len(ordered))
  return Interval(median, ordered[rank - 1], ordered[-rank], len(ordered))


def ratio_interval(numerators: Sequence[float],
                   denominators: Sequence[float]) -> Interval:
  """Of the ratios of pairs that were measured in the same round."""
  if len(numerators) != len(denominators):
    raise ValueError("a value without its pair")
  return median_interval(a / b for a, b in zip(numerators, denominators))
