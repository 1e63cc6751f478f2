"""What the page and docs/performance.md both show: for each workload its
words, plots and tables."""

from __future__ import annotations

import dataclasses
from typing import Optional

from report import bars
from report import names
from report import peers
from report import plots
from report import samples
from report import summary as summaries
from report import tables
from report import words

# One case of each workload, where it is there: the one plot that says most.
_OVERVIEW = {
    "chain": {"handles": 1000, "active": 1},
    "ready_batch": {"handles": 256},
    "rearm": {"handles": 16, "variant": "read"},
    "churn": {"form": "open_fire_close"},
    "wake": {"form": "ping_pong", "cores": "one"},
    "idle": {"handles": 1000},
    "echo": {"bytes": 64},
}


@dataclasses.dataclass(frozen=True)
class Plot:
  """`name` is that of its file, without ".svg"."""
  name: str
  caption: str
  svg: str


@dataclasses.dataclass(frozen=True)
class Section:
  """A workload."""
  workload: str
  title: str
  description: str
  findings: list[str]
  plots: list[Plot]
  tables: list[tables.Table]


@dataclasses.dataclass(frozen=True)
class Content:
  """Everything, ready to be laid out."""
  summary: summaries.Summary
  bars: list[bars.Bar]
  overview: Plot
  sections: list[Section]
  peer_sentences: list[str]
  # Where a peer is ahead.
  behind: tables.Table
  mode_sentences: list[str]


def make(summary: summaries.Summary) -> Content:
  all_bars = bars.all_bars(summary)
  comparisons = peers.compare(summary)
  return Content(
      summary=summary,
      bars=all_bars,
      overview=_overview(summary),
      sections=[_section(summary, workload, all_bars)
                for workload in summary.workloads()],
      peer_sentences=words.peer_sentences(comparisons),
      behind=_behind(comparisons),
      mode_sentences=words.mode_sentences(summary))


def _behind(comparisons: list[peers.Comparison]) -> tables.Table:
  return tables.Table(
      "Where another library takes less CPU time, and what the counts say",
      ["library", "workload", "case", "Selector's CPU time against it",
       "what is counted for each operation"],
      [[names.contestant(c.peer), names.workload(c.case.workload),
        c.case.label(), tables.ratio_text(c.ratio), c.why]
       for c in comparisons if c.standing == peers.Standing.BEHIND])


def _overview(summary: summaries.Summary) -> Plot:
  rows = []
  for workload, wanted in _OVERVIEW.items():
    case = _overview_case(summary, workload, wanted)
    if case:
      rows.append((f"{names.workload(workload)}:\n{case.label()}",
                   plots.case_ratios(summary, case)))
  return Plot("overview",
              "CPU time for each event, in one case of each workload, raw "
              "epoll called by hand being 1: lower is better. The bars are 95 % "
              "intervals.", plots.ratio_plot("overview", rows, None))


def _overview_case(summary: summaries.Summary, workload: str,
                   wanted: dict) -> Optional[samples.Case]:
  """The workload's first case where the wanted one was not run."""
  cases = summary.cases(workload)
  for case in cases:
    if all(case.parameter(name) == value for name, value in wanted.items()):
      return case
  return cases[0] if cases else None


def _section(summary: summaries.Summary, workload: str,
             all_bars: list[bars.Bar]) -> Section:
  findings = words.bar_sentences(
      bar for bar in all_bars if bar.workload == workload)
  findings += filter(None, [words.noise_sentence(summary, workload),
                            words.shared_sentence(summary, workload)])
  return Section(
      workload=workload,
      title=names.workload(workload),
      description=names.description(workload),
      findings=findings,
      plots=_plots(summary, workload),
      tables=tables.workload_tables(summary, workload))


def _plots(summary: summaries.Summary, workload: str) -> list[Plot]:
  title = names.workload(workload)
  limit = bars.cpu_limit(workload)
  caption = (f"{title}: CPU time for each event against raw epoll called by "
             "hand, median and 95 % interval; lower is better.")
  if limit is not None:
    caption += f" Dashed: what Selector is to stay below, {limit:g}."
  found = [Plot(workload, caption, plots.ratio_plot(
      workload, plots.ratio_rows(summary, workload), limit))]
  if workload == "scale":
    found.append(Plot(
        "scale_cost", f"{title}: CPU time for each event as idle handles are "
        "added; a line that stays level is one that does not mind them.",
        plots.cost_plot("scale_cost", summary, workload)))
  if _has(summary, workload, "p99_ns"):
    found.append(Plot(
        f"{workload}_latency", f"{title}: how long a request takes, under the "
        "same load; lower is better.",
        plots.latency_plot(f"{workload}_latency", summary, workload)))
  return found


def _has(summary: summaries.Summary, workload: str, extra: str) -> bool:
  return any(extra in cell.extra for (case, _), cell in summary.cells.items()
             if case.workload == workload)
