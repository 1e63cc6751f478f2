"""A run's samples and counts as one cell for each case and contestant."""

from __future__ import annotations

import collections
import dataclasses
from typing import Callable, Optional

from report import counts
from report import intervals
from report import names
from report import samples


@dataclasses.dataclass(frozen=True)
class Cell:
  """One contestant in one case. Ratios are to raw epoll in the same round."""
  cpu_ns: intervals.Interval
  wall_ns: intervals.Interval
  cpu_ratio: Optional[intervals.Interval] = None
  wall_ratio: Optional[intervals.Interval] = None
  # Medians of what only some workloads measure, such as "p99_ns".
  extra: dict[str, intervals.Interval] = dataclasses.field(default_factory=dict)
  count: Optional[counts.Count] = None


class Summary:
  """The cells of a run, in the order in which they were measured."""

  def __init__(self, run: samples.Run):
    self.run = run
    self._rounds = _by_round(run.samples)
    self._counts = {(samples.Case(count.workload,
                                  tuple(count.parameters.items())),
                     count.contestant): count for count in run.counts}
    self.cells = {key: self._cell(*key) for key in self._rounds}

  def workloads(self) -> list[str]:
    return list(dict.fromkeys(case.workload for case, _ in self.cells))

  def cases(self, workload: str) -> list[samples.Case]:
    return list(dict.fromkeys(
        case for case, _ in self.cells if case.workload == workload))

  def unit(self, workload: str) -> str:
    """What an operation of it is, in the singular."""
    return next(sample.unit for sample in self.run.samples
                if sample.case.workload == workload)

  def contestants(self, workload: Optional[str] = None) -> list[str]:
    found = {contestant for case, contestant in self.cells
             if workload in (None, case.workload)}
    return sorted(found, key=names.rank)

  def cell(self, case: samples.Case, contestant: str) -> Optional[Cell]:
    return self.cells.get((case, contestant))

  def noise(self, case: samples.Case) -> Optional[intervals.Interval]:
    """Of raw epoll to itself."""
    cell = self.cell(case, names.BASELINE_AGAIN)
    return cell.cpu_ratio if cell else None

  def unfit(self, case: samples.Case) -> bool:
    """Whether differences of a few percent mean nothing here."""
    return any(not check.passed and check.when != "before"
               and check.case in ("", case.name())
               for check in self.run.checks)

  def ratio(self, case: samples.Case, contestant: str,
            other: str) -> Optional[intervals.Interval]:
    """Of CPU time per operation, over the rounds that both have."""
    return self._ratio((case, contestant), (case, other),
                       samples.Sample.cpu_per_operation)

  def ratio_of_cases(self, case: samples.Case, other: samples.Case,
                     contestant: str) -> Optional[intervals.Interval]:
    """As `ratio`, of a contestant to itself in another case."""
    return self._ratio((case, contestant), (other, contestant),
                       samples.Sample.cpu_per_operation)

  def _ratio(self, key, other,
             value: Callable[[samples.Sample], float]):
    ours = self._rounds.get(key, {})
    theirs = self._rounds.get(other, {})
    common = sorted(ours.keys() & theirs.keys())
    if not common:
      return None
    return intervals.ratio_interval([value(ours[r]) for r in common],
                                    [value(theirs[r]) for r in common])

  def _cell(self, case: samples.Case, contestant: str) -> Cell:
    key = (case, contestant)
    baseline = (case, names.BASELINE)
    measured = list(self._rounds[key].values())
    extra = {
        name: intervals.median_interval(
            sample.extra[name] for sample in measured if name in sample.extra)
        for name, value in measured[0].extra.items()
        if isinstance(value, (int, float))}
    return Cell(
        cpu_ns=intervals.median_interval(
            sample.cpu_per_operation() for sample in measured),
        wall_ns=intervals.median_interval(
            sample.wall_per_operation() for sample in measured),
        cpu_ratio=self._ratio(key, baseline, samples.Sample.cpu_per_operation),
        wall_ratio=self._ratio(key, baseline, samples.Sample.wall_per_operation),
        extra=extra,
        count=self._counts.get(key))


def _by_round(measured: list[samples.Sample]):
  rounds = collections.defaultdict(dict)
  for sample in measured:
    rounds[sample.case, sample.contestant][sample.round] = sample
  return dict(rounds)
