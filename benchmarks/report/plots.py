"""The plots, as SVG: dark on white, in colours that the colour-blind can tell
apart, with a marker for each contestant for those who print in grey."""

from __future__ import annotations

import io
import math
import re
from typing import Callable, Optional

import matplotlib
from matplotlib import figure
from matplotlib import ticker

from report import intervals
from report import names
from report import samples
from report import summary as summaries

# M. Okabe and K. Ito, "Color Universal Design", 2008; and a marker each.
_STYLES = {
    names.BASELINE: ("#000000", "_"),
    names.BASELINE_AGAIN: ("#777777", "d"),
    names.LIBRARY: ("#0072B2", "o"),
    names.SINGLE_WAITER: ("#56B4E9", "h"),
    names.IO_URING: ("#882255", "p"),
    "libevent": ("#D55E00", "s"),
    "libuv": ("#009E73", "^"),
    "libev": ("#CC79A7", "v"),
    "asio": ("#E69F00", "P"),
    "poll": ("#555555", "X"),
    "raw_io_uring": ("#F0E442", "D"),
}
_OTHER_STYLE = ("#333333", "*")
# Inches.
_WIDTH = 10
_CASES_IN_A_ROW = 7
# Ratios beyond are drawn at the edge of the plot, with their value.
_HIGHEST = 2.2
_LOWEST = 0.2
_RATIO_TICKS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4,
                1.6, 1.8, 2, 2.2)
_SETTINGS = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "sans-serif"],
    "font.size": 10,
    "text.color": "#111111",
    "axes.edgecolor": "#111111",
    "axes.labelcolor": "#111111",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": "#111111",
    "ytick.color": "#111111",
    "figure.facecolor": "white",
    "axes.facecolor": "white",
}

# A row of a ratio plot: its label, and whose ratio is what.
Row = tuple  # (str, dict[str, intervals.Interval])


def ratio_rows(summary: summaries.Summary, workload: str) -> list[Row]:
  """CPU time against raw epoll, for each case."""
  return [(case.label(), case_ratios(summary, case))
          for case in summary.cases(workload)]


def case_ratios(summary: summaries.Summary,
                case: samples.Case) -> dict[str, intervals.Interval]:
  ratios = {}
  for contestant in summary.contestants(case.workload):
    cell = summary.cell(case, contestant)
    if contestant != names.BASELINE and cell and cell.cpu_ratio:
      ratios[contestant] = cell.cpu_ratio
  return ratios


def ratio_plot(name: str, rows: list[Row], limit: Optional[float]) -> str:
  """`rows` are side by side, raw epoll is a line at 1 and the bar to reach,
  if there is one, a dashed line. `name` must differ between the plots of a
  page."""
  lines = math.ceil(len(rows) / _CASES_IN_A_ROW)
  size = math.ceil(len(rows) / lines)
  chunks = [rows[i:i + size] for i in range(0, len(rows), size)]
  contestants = sorted({c for _, ratios in rows for c in ratios},
                       key=names.rank)

  def draw(fig: figure.Figure) -> None:
    all_axes = fig.subplots(len(chunks), 1, squeeze=False)[:, 0]
    for axes, chunk in zip(all_axes, chunks):
      _draw_ratios(axes, chunk, contestants, limit)
    _draw_legend(fig, all_axes[0], contestants)

  return _svg(name, 0.6 + 3.1 * len(chunks), draw)


def _draw_ratios(axes, rows: list[Row], contestants: list[str],
                 limit: Optional[float]) -> None:
  edges = [edge for _, ratios in rows for ratio in ratios.values()
           for edge in (ratio.low, ratio.median, ratio.high)
           if edge is not None]
  top = min(max(edges + [1.12]) * 1.03, _HIGHEST)
  bottom = max(min(edges + [0.9]) * 0.97, _LOWEST)
  axes.set_yscale("log")
  axes.set_ylim(bottom, top)
  axes.set_xlim(-0.5, len(rows) - 0.5)
  axes.axhline(1, color="black", linewidth=1.2, zorder=1)
  if limit is not None:
    axes.axhline(limit, color="black", linewidth=1, linestyle=(0, (4, 3)),
                 zorder=1, label="to be reached")
  for i, contestant in enumerate(contestants):
    offset = (i - (len(contestants) - 1) / 2) * 0.8 / max(len(contestants), 1)
    points = [(x + offset, ratios[contestant])
              for x, (_, ratios) in enumerate(rows) if contestant in ratios]
    _draw_points(axes, contestant, points, bottom, top)
  axes.set_xticks(range(len(rows)),
                  [_wrapped(label) for label, _ in rows])
  axes.tick_params(axis="x", length=0)
  for x in range(len(rows) - 1):
    axes.axvline(x + 0.5, color="#CCCCCC", linewidth=0.8, zorder=0)
  axes.yaxis.set_major_locator(ticker.FixedLocator(
      _thinned([tick for tick in _RATIO_TICKS if bottom <= tick <= top])))
  axes.yaxis.set_minor_locator(ticker.NullLocator())
  axes.yaxis.set_major_formatter(ticker.FormatStrFormatter("%g"))
  axes.grid(axis="y", color="#E4E4E4", linewidth=0.8)
  axes.set_axisbelow(True)
  axes.set_ylabel("CPU time, raw epoll = 1")


def _draw_points(axes, contestant: str, points: list, bottom: float,
                 top: float) -> None:
  color, marker = _STYLES.get(contestant, _OTHER_STYLE)
  inside = [(x, ratio) for x, ratio in points if bottom <= ratio.median <= top]
  axes.errorbar(
      [x for x, _ in inside], [ratio.median for _, ratio in inside],
      yerr=_error_bars([ratio for _, ratio in inside]), color=color,
      marker=marker, markersize=6 if contestant in names.OWN else 5,
      linestyle="none", capsize=2.5, elinewidth=1.3, zorder=3,
      label=names.contestant(contestant))
  for x, ratio in points:
    if bottom <= ratio.median <= top:
      continue
    above = ratio.median > top
    edge = top if above else bottom
    axes.plot([x], [edge], color=color, marker=marker, markersize=5,
              clip_on=False, zorder=3)
    # Upright, in the contestant's own column, where nothing else is.
    axes.annotate(f"{ratio.median:.3g}", (x, edge), rotation="vertical",
                  xytext=(0, -7 if above else 7), textcoords="offset points",
                  ha="center", va="top" if above else "bottom", fontsize=8.5)


def _error_bars(of: list[intervals.Interval]) -> Optional[list]:
  if not of:
    return None
  return [[i.median - i.low if i.known else 0 for i in of],
          [i.high - i.median if i.known else 0 for i in of]]


def _thinned(ticks: list[float]) -> list[float]:
  """As many as can be read; 1 stays."""
  if len(ticks) <= 9:
    return ticks
  return [tick for i, tick in enumerate(ticks)
          if (i - ticks.index(1)) % 2 == 0]


def _wrapped(label: str) -> str:
  return label.replace(", ", ",\n")


def cost_plot(name: str, summary: summaries.Summary, workload: str) -> str:
  """CPU time per operation over the workload's first parameter, which grows, a
  line a contestant."""
  contestants = summary.contestants(workload)
  cases = summary.cases(workload)
  parameter = cases[0].parameters[0][0]

  def draw(fig: figure.Figure) -> None:
    axes = fig.subplots()
    for contestant in contestants:
      cells = [(case.parameter(parameter), summary.cell(case, contestant))
               for case in cases if summary.cell(case, contestant)]
      color, marker = _STYLES.get(contestant, _OTHER_STYLE)
      costs = [cell.cpu_ns.scaled(1e-3) for _, cell in cells]
      axes.errorbar([x for x, _ in cells], [cost.median for cost in costs],
                    yerr=_error_bars(costs), color=color,
                    marker="o" if marker == "_" else marker, markersize=5,
                    linewidth=2.2 if contestant in names.OWN else 1.1,
                    # Seen through what lies on it.
                    zorder=4 if contestant == names.BASELINE else 3,
                    linestyle=":" if contestant == names.BASELINE else "-",
                    capsize=2.5, label=names.contestant(contestant))
    _logarithmic(axes, parameter.replace("_", " "), "CPU time of one, µs")
    _draw_legend(fig, axes, contestants)

  return _svg(name, 4, draw)


def _logarithmic(axes, x_label: str, y_label: str) -> None:
  axes.set_xscale("log")
  axes.set_yscale("log")
  for axis in (axes.xaxis, axes.yaxis):
    axis.set_major_formatter(ticker.FuncFormatter(lambda x, _: f"{x:,g}"))
    axis.set_minor_formatter(ticker.NullFormatter())
  axes.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
  axes.grid(color="#E4E4E4", linewidth=0.8)
  axes.set_xlabel(x_label)
  axes.set_ylabel(y_label)


def latency_plot(name: str, summary: summaries.Summary, workload: str) -> str:
  """The percentiles of the latency, one panel a case."""
  percentiles = (("p50_ns", "half"), ("p99_ns", "99 %"), ("p999_ns", "99.9 %"))
  contestants = summary.contestants(workload)
  cases = summary.cases(workload)

  def draw(fig: figure.Figure) -> None:
    panels = fig.subplots(1, len(cases), squeeze=False, sharey=True)[0]
    for axes, case in zip(panels, cases):
      for i, contestant in enumerate(contestants):
        cell = summary.cell(case, contestant)
        found = [(x, cell.extra[key].scaled(1e-3))
                 for x, (key, _) in enumerate(percentiles)
                 if cell and key in cell.extra]
        offset = (i - (len(contestants) - 1) / 2) * 0.8 / len(contestants)
        color, marker = _STYLES.get(contestant, _OTHER_STYLE)
        axes.errorbar([x + offset for x, _ in found],
                      [value.median for _, value in found],
                      yerr=_error_bars([value for _, value in found]),
                      color=color, linestyle="none", capsize=2.5, markersize=5,
                      marker="o" if marker == "_" else marker,
                      label=names.contestant(contestant))
      axes.set_yscale("log")
      axes.set_title(case.label(), fontsize=10)
      axes.set_xticks(range(len(percentiles)),
                      [text for _, text in percentiles])
      axes.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
      axes.yaxis.set_major_formatter(
          ticker.FuncFormatter(lambda x, _: f"{x:,g}"))
      axes.yaxis.set_minor_formatter(ticker.NullFormatter())
      axes.grid(axis="y", color="#E4E4E4", linewidth=0.8)
      axes.set_xlabel("of the requests are answered within")
    panels[0].set_ylabel("latency, µs")
    _draw_legend(fig, panels[0], contestants)

  return _svg(name, 4, draw)


def _draw_legend(fig: figure.Figure, axes, contestants: list[str]) -> None:
  handles, labels = axes.get_legend_handles_labels()
  fig.legend(handles, labels, loc="upper center", frameon=False,
             ncol=min(len(labels), 9), columnspacing=1.2, handletextpad=0.3,
             fontsize=9.5)


def _svg(name: str, height: float,
         draw: Callable[[figure.Figure], None]) -> str:
  """An <svg> element. The salt makes its ids the same in each run, and
  different from those of other plots."""
  with matplotlib.rc_context({**_SETTINGS, "svg.hashsalt": name}):
    fig = figure.Figure(figsize=(_WIDTH, height))
    draw(fig)
    fig.tight_layout(rect=(0, 0, 1, 1 - 0.3 / height))
    text = io.StringIO()
    fig.savefig(text, format="svg", metadata={"Date": None})
  svg = text.getvalue()
  svg = svg[svg.index("<svg"):]
  # The groups' ids, such as "axes_1", are the same in every plot.
  svg = re.sub(r'<g id="[^"]*"', "<g", svg)
  return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE)
