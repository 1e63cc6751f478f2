"""The numbers as tables, for the page, for Markdown and for CSV."""

from __future__ import annotations

import csv
import dataclasses
import io
from typing import Any, Callable, Optional

from report import intervals
from report import names
from report import samples
from report import summary as summaries


@dataclasses.dataclass(frozen=True)
class Table:
  """Text, ready to be read."""
  title: str
  header: list[str]
  rows: list[list[str]]


def with_article(noun: str) -> str:
  return ("an " if noun[:1] in "aeiou" else "a ") + noun


def ratio_text(ratio: Optional[intervals.Interval]) -> str:
  if ratio is None:
    return "–"
  if not ratio.known:
    return f"{ratio.median:.3f}"
  return f"{ratio.median:.3f} ({ratio.low:.3f} to {ratio.high:.3f})"


def workload_tables(summary: summaries.Summary, workload: str) -> list[Table]:
  """Without those that would be empty."""
  unit = with_article(summary.unit(workload))
  tables = [
      _table(summary, workload, "CPU time against raw epoll: median of the "
             "ratios and its 95 % interval",
             lambda cell: ratio_text(cell.cpu_ratio), skip=names.BASELINE),
      _table(summary, workload, f"CPU time of {unit}, ns: median",
             lambda cell: _number(cell.cpu_ns.median)),
      _table(summary, workload, f"Time on the wall of {unit}, ns: median",
             lambda cell: _number(cell.wall_ns.median)),
      _table(summary, workload, f"System calls of {unit}",
             lambda cell: _count(cell, "system_calls_per_operation", 2)),
      _table(summary, workload, f"User-space instructions of {unit}",
             lambda cell: _count(cell, "instructions_per_operation", 0)),
  ]
  tables += [
      _table(summary, workload, _extra_title(name),
             lambda cell, name=name: _extra(cell, name))
      for name in _extra_names(summary, workload)]
  return [table for table in tables if _has_content(table)]


def _table(summary: summaries.Summary, workload: str, title: str,
           text: Callable[[summaries.Cell], str], skip: str = "") -> Table:
  contestants = [c for c in summary.contestants(workload) if c != skip]
  rows = []
  for case in summary.cases(workload):
    cells = [summary.cell(case, contestant) for contestant in contestants]
    rows.append([case.label()] + [text(cell) if cell else "–"
                                  for cell in cells])
  return Table(title, [""] + [names.contestant(c) for c in contestants], rows)


def _has_content(table: Table) -> bool:
  return any(text != "–" for row in table.rows for text in row[1:])


def _number(value: float, digits: Optional[int] = None) -> str:
  if digits is None:
    digits = 0 if abs(value) >= 100 else 1
  return f"{value:,.{digits}f}"


def _count(cell: summaries.Cell, method: str, digits: int) -> str:
  value = getattr(cell.count, method)() if cell.count else None
  if value is None:
    return "–"
  # A part of a call falls to each event of a batch.
  return f"{value:.2g}" if 0 < value < 0.1 else _number(value, digits)


def _extra_names(summary: summaries.Summary, workload: str) -> list[str]:
  return list(dict.fromkeys(
      name for (case, _), cell in summary.cells.items()
      if case.workload == workload for name in cell.extra
      if name != "shared"))


_EXTRA_TITLES = {
    "bytes_per_registration":
        "User-space memory for each registration, bytes",
    "requests_per_cpu_second": "Requests for each second of CPU time",
    "p50_ns": "Latency that half of the requests stay below, ns",
    "p99_ns": "Latency that 99 % stay below, ns",
    "p999_ns": "Latency that 99.9 % stay below, ns",
}


def _extra_title(name: str) -> str:
  return _EXTRA_TITLES.get(name, name.replace("_", " "))


def _extra(cell: summaries.Cell, name: str) -> str:
  value = cell.extra.get(name)
  return "–" if value is None else _number(value.median)


def markdown(table: Table) -> str:
  lines = [_markdown_row(table.header),
           "|" + "---|" * len(table.header)]
  return "\n".join(lines + [_markdown_row(row) for row in table.rows]) + "\n"


def _markdown_row(texts: list[str]) -> str:
  return "| " + " | ".join(text.replace("|", "\\|") for text in texts) + " |"


def records(summary: summaries.Summary) -> list[dict[str, Any]]:
  """A flat record for each case and contestant, with the numbers in full."""
  return [_record(case, contestant, cell)
          for (case, contestant), cell in summary.cells.items()]


def _record(case: samples.Case, contestant: str,
            cell: summaries.Cell) -> dict[str, Any]:
  record = {"workload": case.workload, "case": case.label(),
            "contestant": contestant, "rounds": cell.cpu_ns.count}
  for name in ("cpu_ns", "wall_ns", "cpu_ratio", "wall_ratio"):
    record.update(_interval_record(name, getattr(cell, name)))
  for name in ("instructions_per_operation", "instructions_per_wait",
               "system_calls_per_operation"):
    record[name] = getattr(cell.count, name)() if cell.count else None
  for name, value in cell.extra.items():
    record.update(_interval_record(name, value))
  return record


def _interval_record(name: str,
                     value: Optional[intervals.Interval]) -> dict[str, Any]:
  return {name: value.median if value else None,
          f"{name}_low": value.low if value else None,
          f"{name}_high": value.high if value else None}


def to_csv(flat: list[dict[str, Any]]) -> str:
  """Columns of all records; what a record lacks is empty."""
  columns = list(dict.fromkeys(name for record in flat for name in record))
  text = io.StringIO()
  writer = csv.DictWriter(text, columns, lineterminator="\n")
  writer.writeheader()
  writer.writerows(flat)
  return text.getvalue()
