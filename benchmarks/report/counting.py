"""Counts the instructions and system calls of contestants, by running the
program that measures under valgrind and strace."""

from __future__ import annotations

import dataclasses
import pathlib
import subprocess
import tempfile
from typing import Any, Callable, Optional

from report import counts
from report import program as programs

# Operations of the two runs that are subtracted. Nearly all workloads have
# shorter rounds, so that neither is rounded up to the other.
_FEW_AND_MANY = (2_000, 12_000)
# Where each takes long, such as a poll(2) of 10,000 handles.
_FEW_AND_MANY_SLOW = (200, 1_200)
_SLOW_NS = 100_000
_TIMEOUT_SECONDS = 300


# The workloads with threads; all others have one thread in the process that is
# counted.
_WITH_THREADS = ("wake", "post")


@dataclasses.dataclass(frozen=True)
class _Counted:
  """What one run did, and how much was counted meanwhile."""
  record: dict
  result: Any


def count(program: programs.Program, case: str, contestant: str,
          operation_ns: float) -> Optional[counts.Count]:
  """`operation_ns`: how long an operation takes, roughly. None where the
  contestant does not support the case, and where a round of it is longer than
  both runs. Raises programs.Failed."""
  numbers = _FEW_AND_MANY_SLOW if operation_ns > _SLOW_NS else _FEW_AND_MANY
  few, many = (_instructions(program.count_command(case, contestant, number))
               for number in numbers)
  if few is None or many is None:
    return None
  if few.record["operations"] == many.record["operations"]:
    return None
  has_threads = case.split("/")[0] in _WITH_THREADS
  fewer, more = (
      _system_calls(program.count_command(case, contestant, number),
                    has_threads) for number in numbers)
  # Where threads decide how many waits there are, that may differ from run to
  # run. The waits here are those of the run whose instructions were counted.
  return counts.Count(
      workload=many.record["workload"],
      parameters=many.record["parameters"],
      contestant=contestant,
      operations=many.record["operations"] - few.record["operations"],
      events=many.record["events"] - few.record["events"],
      waits=_difference(many.record["waits"], few.record["waits"]),
      instructions=many.result - few.result,
      system_calls=counts.subtract_calls(more.result, fewer.result))


def _difference(more: Optional[float],
                fewer: Optional[float]) -> Optional[float]:
  return None if more is None or fewer is None else more - fewer


def _instructions(command: list[str]) -> Optional[_Counted]:
  with tempfile.TemporaryDirectory() as folder:
    output = f"{folder}/instructions"
    record, pid = _run(counts.callgrind_command(command, output))
    return record and _Counted(
        record, _parsed(f"{output}.{pid}", counts.parse_callgrind))


def _system_calls(command: list[str], has_threads: bool) -> Optional[_Counted]:
  with tempfile.TemporaryDirectory() as folder:
    output = f"{folder}/calls"
    record, _ = _run(counts.strace_command(command, output, has_threads))
    return record and _Counted(record, _parsed(output, counts.parse_strace))


def _run(command: list[str]) -> tuple[Optional[dict], int]:
  """What the program says it did, and its process's number."""
  try:
    with subprocess.Popen(command, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as process:
      try:
        output, errors = process.communicate(timeout=_TIMEOUT_SECONDS)
      except BaseException:
        process.kill()
        raise
  except (OSError, subprocess.TimeoutExpired) as error:
    raise programs.Failed(str(error)) from error
  if process.returncode != 0:
    raise programs.Failed(programs.last_words(errors, process.returncode))
  return programs.parse_count(output), process.pid


def _parsed(path: str, parse: Callable[[str], Any]) -> Any:
  try:
    return parse(pathlib.Path(path).read_text(encoding="utf-8"))
  except (OSError, ValueError) as error:
    raise programs.Failed(str(error)) from error
