"""This library beside the others: who is ahead, and what the counts say of
why."""

from __future__ import annotations

import dataclasses
import enum

from report import counts
from report import intervals
from report import names
from report import samples
from report import summary as summaries

# Differences of calls an operation that are no more than the threads' timing.
_SAME_CALLS = 0.01


class Standing(enum.Enum):
  AHEAD = "ahead"
  LEVEL = "level"
  BEHIND = "behind"


@dataclasses.dataclass(frozen=True)
class Comparison:
  """This library's CPU time against a peer's, in the same rounds."""
  case: samples.Case
  peer: str
  ratio: intervals.Interval
  standing: Standing
  # Of a peer that is ahead: a sentence.
  why: str


def compare(summary: summaries.Summary,
            contestant: str = names.LIBRARY) -> list[Comparison]:
  comparisons = []
  for workload in summary.workloads():
    for case in summary.cases(workload):
      for peer in names.PEERS:
        ratio = summary.ratio(case, contestant, peer)
        if ratio is None:
          continue
        standing = _standing(ratio)
        why = _why(summary, case, contestant, peer) \
            if standing == Standing.BEHIND else ""
        comparisons.append(Comparison(case, peer, ratio, standing, why))
  return comparisons


def _standing(ratio: intervals.Interval) -> Standing:
  if ratio.known and ratio.low > 1:
    return Standing.BEHIND
  if ratio.known and ratio.high < 1:
    return Standing.AHEAD
  return Standing.LEVEL


def _why(summary: summaries.Summary, case: samples.Case, contestant: str,
         peer: str) -> str:
  ours = summary.cell(case, contestant).count
  theirs = summary.cell(case, peer).count
  if not (ours and theirs):
    return "Its system calls and instructions were not counted in this run."
  sentences = []
  if ours.system_calls is not None and theirs.system_calls is not None:
    sentences.append(_about_calls(ours, theirs))
  if ours.instructions is not None and theirs.instructions is not None:
    sentences.append(
        f"In user space it runs {theirs.instructions_per_operation():,.0f} "
        f"instructions, {names.contestant(contestant)} "
        f"{ours.instructions_per_operation():,.0f}.")
  return " ".join(sentences)


def _about_calls(ours: counts.Count, theirs: counts.Count) -> str:
  our_calls = ours.system_calls_per_operation()
  their_calls = theirs.system_calls_per_operation()
  if abs(our_calls - their_calls) <= _SAME_CALLS:
    return f"It makes as many system calls, {max(their_calls, 0):.2f}."
  amount = "fewer" if their_calls < our_calls else "more"
  return (f"It makes {amount} system calls, {their_calls:.2f} against "
          f"{our_calls:.2f} ({_differences(ours, theirs)}).")


def _differences(ours: counts.Count, theirs: counts.Count) -> str:
  """Such as "epoll_ctl 0.00 against 1.00"."""
  parts = []
  for name in sorted(ours.system_calls.keys() | theirs.system_calls.keys()):
    our_calls = _calls(ours, name)
    their_calls = _calls(theirs, name)
    if abs(our_calls - their_calls) > _SAME_CALLS:
      parts.append(f"{name} {their_calls:.2f} against {our_calls:.2f}")
  return ", ".join(parts)


def _calls(count: counts.Count, name: str) -> float:
  return count.system_calls.get(name, 0) / count.operations


def needing_counts(summary: summaries.Summary) -> list[tuple[samples.Case, str]]:
  """The cases and contestants whose counts explain who is ahead."""
  needed = {}
  for comparison in compare(summary):
    if comparison.standing == Standing.BEHIND:
      needed[comparison.case, names.LIBRARY] = None
      needed[comparison.case, comparison.peer] = None
  return list(needed)
