"""The sentences that follow from the numbers."""

from __future__ import annotations

import collections
from typing import Any, Iterable

from report import bars
from report import fitness
from report import intervals
from report import names
from report import peers
from report import samples
from report import summary as summaries
from report import tables

_MOST_NAMED = 3


def machine_sentence(machine: dict[str, Any]) -> str:
  """All that the program says of the machine, in its order."""
  parts = []
  for name, value in machine.items():
    if isinstance(value, bool):
      value = "yes" if value else "no"
    if isinstance(value, float):
      value = f"{value:.2f}"
    if isinstance(value, dict):
      value = ", ".join(f"{key} {each}" for key, each in value.items())
    if value not in ("", None, []):
      parts.append(f"{name.replace('_', ' ')}: {value}")
  return "; ".join(parts) + "."


def run_sentence(about: dict[str, Any]) -> str:
  minutes = about.get("seconds", 0) / 60
  return (f"A {about.get('mode', '')} run of {minutes:.0f} minutes, begun "
          f"{about.get('started', '')}: {about.get('pairs', 0)} rounds, in each "
          "of which every contestant is measured once, one after another.")


def bar_sentences(all_bars: Iterable[bars.Bar]) -> list[str]:
  """One for each contestant and bar, with the cases that do not reach it."""
  groups = collections.defaultdict(list)
  for bar in all_bars:
    groups[bar.contestant, bar.what].append(bar)
  return [f"{names.contestant(contestant)}, {what}: {_outcome(group)}"
          for (contestant, what), group in groups.items()]


def _outcome(group: list[bars.Bar]) -> str:
  reached = [bar for bar in group if bar.verdict == bars.Verdict.REACHED]
  others = [bar for bar in group if bar.verdict != bars.Verdict.REACHED]
  if len(group) == 1 and not others:
    return f"reached, {_measured(group[0].measured)}."
  if not others:
    return f"reached in all {len(group)} cases."
  parts = [] if not reached else [f"reached in {len(reached)} of {len(group)} "
                                  "cases"]
  for verdict in (bars.Verdict.MISSED, bars.Verdict.UNDECIDED):
    found = [f"{bar.where}, {_measured(bar.measured)}" for bar in others
             if bar.verdict == verdict]
    if found:
      parts.append(f"{verdict.value} with {_list(found)}")
  return "; ".join(parts) + "."


def _measured(measured: intervals.Interval) -> str:
  if measured.low == measured.high:
    return f"{measured.median:,.2f}"
  return tables.ratio_text(measured)


def noise_sentence(summary: summaries.Summary, workload: str) -> str:
  """How far raw epoll was from itself; empty where it is not known."""
  noises = {case: summary.noise(case) for case in summary.cases(workload)}
  found = {case: noise for case, noise in noises.items() if noise}
  if not found:
    return ""
  worst = max(found, key=lambda case: abs(found[case].median - 1))
  text = (f"Raw epoll again is at most {100 * abs(found[worst].median - 1):.1f} % off "
          f"raw epoll ({worst.label()}).")
  unfit = [case.label() for case in found if summary.unfit(case)]
  if unfit:
    text += f" The machine was not fit to judge {_list(unfit)}."
  return text


def shared_sentence(summary: summaries.Summary, workload: str) -> str:
  """Where the limit of open descriptors has changed the workload."""
  shared = [case.label() for case in summary.cases(workload)
            if any(cell.extra["shared"].median
                   for (each, _), cell in summary.cells.items()
                   if each == case and "shared" in cell.extra)]
  if not shared:
    return ""
  return (f"With {_list(shared)}, a few sockets stand for all the idle handles, "
          "each registered many times, since the limit of open descriptors is "
          "lower; contestants that cannot have that are left out.")


def unfit_sentences(checks: Iterable[fitness.Check]) -> list[str]:
  """What was not fit to measure with: one for each kind of check, with the
  cases."""
  groups = collections.defaultdict(list)
  for check in checks:
    groups[check.kind, check.when].append(check)
  sentences = []
  for (kind, when), group in groups.items():
    failed = [check for check in group if not check.passed]
    if not failed:
      continue
    where = f" {when} {len(failed)} of {len(group)} cases" if when else ""
    findings = _list([
        f"{check.case}: {check.finding}".lstrip(": ").rstrip(".")
        for check in failed])
    sentences.append(f"{kind.capitalize()}: not so{where}. {findings}.")
  return sentences


def peer_sentences(comparisons: Iterable[peers.Comparison]) -> list[str]:
  """One for each peer: where it stands."""
  by_peer = collections.defaultdict(list)
  for comparison in comparisons:
    by_peer[comparison.peer].append(comparison)
  sentences = []
  for peer, group in by_peer.items():
    standings = collections.Counter(c.standing for c in group)
    sentences.append(
        f"{names.contestant(peer)}: Selector is ahead in "
        f"{standings[peers.Standing.AHEAD]} of {len(group)} cases, level in "
        f"{standings[peers.Standing.LEVEL]}, behind in "
        f"{standings[peers.Standing.BEHIND]}.")
  return sentences


def mode_sentences(summary: summaries.Summary) -> list[str]:
  """What each triggering mode costs against level, in otherwise equal cases."""
  ratios = collections.defaultdict(dict)
  for case in summary.cases("modes"):
    level = _with_level(case)
    ratio = summary.ratio_of_cases(case, level, names.LIBRARY)
    if case != level and ratio:
      ratios[str(case.parameter("mode"))][_without_mode(case)] = ratio
  return [f"{names.value('mode', mode).capitalize()}, CPU time against level: "
          f"{_by_case(found)}." for mode, found in ratios.items()]


def _with_level(case: samples.Case) -> samples.Case:
  return samples.Case(case.workload, tuple(
      (name, "level" if name == "mode" else value)
      for name, value in case.parameters))


def _without_mode(case: samples.Case) -> str:
  return samples.Case(case.workload, tuple(
      (name, value) for name, value in case.parameters
      if name != "mode")).label()


def _by_case(found: dict[str, intervals.Interval]) -> str:
  return "; ".join(f"{tables.ratio_text(ratio)} with {where}"
                   for where, ratio in found.items())


def _list(texts: list[str]) -> str:
  """All but the first few are only counted."""
  named = texts[:_MOST_NAMED]
  more = len(texts) - len(named)
  return "; ".join(named) + (f"; and {more} more" if more else "")
