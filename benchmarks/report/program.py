"""Runs a program that measures: //benchmarks:compare_with_raw_calls or
//benchmarks/peers:compare_with_peers. What it takes and prints stands in
benchmarks/harness/comparison.h and runner.h."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import tempfile
from typing import Iterator, Sequence


class Failed(Exception):
  """The program has ended with an error; the message is its last words."""


@dataclasses.dataclass(frozen=True)
class Listing:
  """What the program can measure."""
  cases: list[str]
  contestants: list[str]


class Program:
  """The one at the path `binary`."""

  def __init__(self, binary: str):
    self._binary = binary

  def list(self) -> Listing:
    text = "".join(_lines([self._binary, "--list"]))
    words = [line.split(" ", 1) for line in text.splitlines()]
    return Listing([name for kind, name in words if kind == "case"],
                   [name for kind, name in words if kind == "contestant"])

  def measure(self, case: str, contestants: Sequence[str], pairs: int,
              min_time_ms: float) -> Iterator[str]:
    """The lines, each as soon as it is there. Raises Failed."""
    return _lines([self._binary, f"--workload={case}",
                   f"--contestants={','.join(contestants)}", f"--pairs={pairs}",
                   f"--min_time={min_time_ms}ms"])

  def count_command(self, case: str, contestant: str,
                    operations: int) -> list[str]:
    """Does so many operations and prints what `parse_count` takes."""
    return [self._binary, f"--workload={case}", f"--contestants={contestant}",
            f"--count_only={operations}"]


def _lines(command: list[str]) -> Iterator[str]:
  with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors,
                          text=True) as process:
      try:
        yield from process.stdout
      except BaseException:  # Whoever reads does not want the rest.
        process.kill()
        raise
    if process.returncode != 0:
      errors.seek(0)
      raise Failed(last_words(errors.read(), process.returncode))


def last_words(errors: str, status: int) -> str:
  lines = errors.strip().splitlines()
  return lines[-1] if lines else f"ended with status {status}"


def parse_count(output: str) -> dict:
  """The record of a run with --count_only; None where the contestant does not
  support the case."""
  records = [json.loads(line) for line in output.splitlines()]
  return next((r for r in records if "contestant" in r), None)
