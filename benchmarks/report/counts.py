"""Counts that do not depend on the machine's speed: user-space instructions,
by valgrind's callgrind, and system calls, by strace.

Each is the difference of two runs that do a different number of operations, so
that start-up, setting up and clean-up cancel out.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any, Optional


@dataclasses.dataclass(frozen=True)
class Count:
  """What a contestant does in so many operations of a case."""
  workload: str
  parameters: dict[str, Any]
  contestant: str
  operations: float
  events: float
  waits: Optional[float] = None  # None where the library does not tell.
  instructions: Optional[float] = None
  # By name.
  system_calls: Optional[dict[str, float]] = None

  def instructions_per_operation(self) -> Optional[float]:
    return _ratio(self.instructions, self.operations)

  def instructions_per_wait(self) -> Optional[float]:
    return _ratio(self.instructions, self.waits)

  def system_calls_per_operation(self) -> Optional[float]:
    if self.system_calls is None:
      return None
    return _ratio(sum(self.system_calls.values()), self.operations)


def _ratio(total: Optional[float], of: Optional[float]) -> Optional[float]:
  return None if total is None or not of else total / of


def callgrind_command(command: list[str], output: str) -> list[str]:
  """Writes to `output`.PID, a file for each process: a child of the program,
  such as the clients of a server, is not to be counted with it."""
  return ["valgrind", "--quiet", "--tool=callgrind",
          f"--callgrind-out-file={output}.%p", *command]


def parse_callgrind(text: str) -> int:
  """The instructions of all parts of a file that callgrind wrote. Its format:
  valgrind's manual, "Callgrind Format Specification"."""
  totals = re.findall(r"^totals: (\d+)", text, re.MULTILINE)
  if not totals:
    raise ValueError("callgrind wrote no totals")
  return sum(map(int, totals))


def strace_command(command: list[str], output: str,
                   has_threads: bool) -> list[str]:
  """Where there are no threads to follow, children are not followed either."""
  follow = ["--follow-forks"] if has_threads else []
  return ["strace", *follow, "--summary-only", "--summary-columns=calls,name",
          f"--output={output}", *command]


def parse_strace(text: str) -> dict[str, int]:
  """The table that strace_command's strace wrote: calls by name."""
  rows = re.findall(r"^\s*(\d+)\s+(\w+)\s*$", text, re.MULTILINE)
  calls = {name: int(number) for number, name in rows}
  if calls.pop("total", None) != sum(calls.values()):
    raise ValueError(f"not strace's table: {text[:200]!r}")
  return calls


def subtract_calls(more: dict[str, int], fewer: dict[str, int]) -> dict[str, int]:
  """Names whose calls are as many in both are left out."""
  names = sorted(more.keys() | fewer.keys())
  differences = {name: more.get(name, 0) - fewer.get(name, 0)
                 for name in names}
  return {name: calls for name, calls in differences.items() if calls}


@dataclasses.dataclass(frozen=True)
class Line:
  """instructions = per_wait * waits + per_event * events."""
  per_wait: float
  per_event: float


def fit_line(batches: list[tuple[float, float]]) -> Line:
  """Least squares through (events in a batch, instructions for that wait).
  Needs two different sizes of batches."""
  count = len(batches)
  mean_x = sum(x for x, _ in batches) / count
  mean_y = sum(y for _, y in batches) / count
  spread = sum((x - mean_x)**2 for x, _ in batches)
  slope = sum((x - mean_x) * (y - mean_y) for x, y in batches) / spread
  return Line(mean_y - slope * mean_x, slope)
