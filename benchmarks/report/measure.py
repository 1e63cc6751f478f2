"""Measures and counts, and checks all the while that the machine is fit."""

from __future__ import annotations

import concurrent.futures
import os
import time
from typing import Iterable, Optional

from report import counting
from report import fitness
from report import intervals
from report import names
from report import peers
from report import plan as plans
from report import program as programs
from report import progress as progresses
from report import samples
from report import summary as summaries

MOMENT_SECONDS = 0.25
# A guess, for the progress bar: nobody knows before who will be ahead.
_FEW_COUNTS = 20


class Measurement:
  """Adds to `run` what it finds."""

  def __init__(self, program: programs.Program, plan: plans.Plan,
               run: samples.Run, cases: list[str], contestants: list[str]):
    self._program = program
    self._plan = plan
    self._run = run
    self._cases = cases
    self._contestants = contestants
    self._seconds = plan.case_seconds(len(contestants))
    self._expected_counts = (len(cases) * (len(contestants) - 1)
                             if plan.counts_all else _FEW_COUNTS)
    self._progress = progresses.Progress(
        self._seconds * len(cases)
        + self._expected_counts * self._count_seconds())

  def measure(self) -> None:
    for case in self._cases:
      self._progress.now(case)
      try:
        self._measure_case(case)
      except (programs.Failed, samples.BadLine) as error:
        self._note(fitness.Check(fitness.WORKS, False, str(error), case))

  def count(self) -> None:
    """After `measure`. On all CPUs at once, since the counts do not mind."""
    wanted = self._wanted_counts()
    self._progress.expect((len(wanted) - self._expected_counts)
                          * self._count_seconds())
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
      waiting = {
          pool.submit(counting.count, self._program, case, contestant,
                      operation_ns): f"{case} of {contestant}"
          for (case, contestant), operation_ns in wanted.items()}
      try:
        for done in concurrent.futures.as_completed(waiting):
          self._progress.now(f"counted {waiting[done]}")
          self._add_count(done, waiting[done])
          self._progress.advance(self._count_seconds())
      except BaseException:
        pool.shutdown(cancel_futures=True)
        raise

  def close(self) -> None:
    self._progress.close()

  def _count_seconds(self) -> float:
    return plans.COUNT_SECONDS / (os.cpu_count() or 1)

  def _measure_case(self, case: str) -> None:
    self._wait_until_fit(case)
    before, own, begun = _now()
    expected = self._plan.pairs * len(self._contestants)
    found: list[samples.Sample] = []
    for line in self._program.measure(case, self._contestants,
                                      self._plan.pairs, self._plan.min_time_ms):
      seen = len(self._run.samples)
      self._run.add_line(line)
      found += self._run.samples[seen:]
      self._progress.advance((len(self._run.samples) - seen)
                             * self._seconds / expected)
    # Those who do not take part in this case have taken no time.
    self._progress.advance((1 - len(found) / expected) * self._seconds)
    if not any(check.kind == fitness.BUILD for check in self._run.checks):
      self._note(fitness.check_build(self._run.machine))
    after, own_after, ended = _now()
    if before and after:
      others = (after.by_processes - before.by_processes) - (own_after - own)
      self._note(fitness.check_quiet(case, "during",
                                     others / (ended - begun)))
    self._check_noise(case, found)

  def _wait_until_fit(self, case: str) -> None:
    """Or until it has waited long enough; then says what is wrong."""
    for attempt in range(self._plan.attempts):
      if attempt > 0:
        time.sleep(2 * attempt)
      checks = list(self._rehearse(case))
      if all(check.passed for check in checks):
        break
    for check in checks:
      self._note(check)

  def _rehearse(self, case: str) -> Iterable[fitness.Check]:
    before, _, begun = _now()
    time.sleep(MOMENT_SECONDS)
    after, _, ended = _now()
    if before and after:
      yield fitness.check_quiet(case, "before",
                                (after.busy - before.busy) / (ended - begun))
    rehearsal = samples.read(self._program.measure(
        case, [names.BASELINE, names.BASELINE_AGAIN], self._plan.rehearsals,
        self._plan.min_time_ms))
    ratio = _noise(rehearsal.samples)
    if ratio:
      yield fitness.check_noise(case, "before", ratio)

  def _check_noise(self, case: str, found: list[samples.Sample]) -> None:
    ratio = _noise(found)
    if ratio:
      self._note(fitness.check_noise(case, "during", ratio))

  def _wanted_counts(self) -> dict[tuple[str, str], float]:
    """Cases and contestants, with the nanoseconds of an operation."""
    summary = summaries.Summary(self._run)
    if self._plan.counts_all:
      wanted = list(summary.cells)
    else:
      wanted = [(case, contestant) for case in summary.cases("ready_batch")
                for contestant in (names.BASELINE, *names.OWN)]
      wanted += peers.needing_counts(summary)
    return {(case.name(), contestant):
            summary.cells[case, contestant].cpu_ns.median
            for case, contestant in wanted
            if contestant != names.BASELINE_AGAIN
            and (case, contestant) in summary.cells}

  def _add_count(self, done: concurrent.futures.Future, what: str) -> None:
    try:
      count = done.result()
    except programs.Failed as error:
      self._note(fitness.Check(fitness.WORKS, False, str(error), what))
      return
    if count is not None:
      self._run.counts.append(count)

  def _note(self, check: fitness.Check) -> None:
    self._run.checks.append(check)
    if not check.passed:
      self._progress.tell(f"not fit: {check.case} {check.finding}")


def _now() -> tuple[Optional[fitness.CpuTimes], float, float]:
  return (fitness.read_cpu_times(), fitness.own_cpu_seconds(),
          time.monotonic())


def _noise(found: list[samples.Sample]) -> Optional[intervals.Interval]:
  summary = summaries.Summary(samples.Run(samples=found))
  cases = list(dict.fromkeys(sample.case for sample in found))
  return summary.noise(cases[0]) if cases else None
