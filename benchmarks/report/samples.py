"""What a run has measured, and the file of JSON Lines that keeps it.

The first line describes the machine. Then come, in any order,
  {"workload": ..., "parameters": {...}, "contestant": ..., "round": ...}
one measurement, as the program that measures prints it (harness/runner.h says
what else it holds);
  {"count": {...}}    what one contestant executes (see counts.Count);
  {"check": {...}}    whether the machine was fit to measure (fitness.Check);
  {"run": {...}}      when the run began, its mode, how long it took.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any, Iterable, Optional

from report import counts
from report import fitness
from report import names

_KEYS = ("workload", "parameters", "contestant", "round", "unit", "operations",
         "events", "waits", "cpu_ns", "wall_ns")


class BadLine(ValueError):
  """A line that is not what the module's comment says."""


@dataclasses.dataclass(frozen=True)
class Case:
  """A workload with its parameters."""
  workload: str
  parameters: tuple[tuple[str, Any], ...] = ()

  @classmethod
  def of(cls, record: dict) -> Case:
    return cls(record["workload"], tuple(record["parameters"].items()))

  def parameter(self, name: str, default: Any = None) -> Any:
    return dict(self.parameters).get(name, default)

  def name(self) -> str:
    """As --list writes it: "chain/handles:1000/active:1"."""
    return "/".join([self.workload] + [f"{name}:{value}"
                                       for name, value in self.parameters])

  def label(self) -> str:
    """Such as "1,000 handles, 1 active"; a word stands for itself."""
    parts = []
    for name, value in self.parameters:
      word = name.replace("_", " ")
      if isinstance(value, bool):
        parts.append(word if value else f"not {word}")
      elif value == 1:
        parts.append(f"1 {word[:-1] if word.endswith('s') else word}")
      elif isinstance(value, (int, float)):
        parts.append(f"{value:,} {word}")
      else:
        parts.append(names.value(name, str(value)))
    return ", ".join(parts) or self.workload.replace("_", " ")


@dataclasses.dataclass(frozen=True)
class Sample:
  """One measurement of one contestant."""
  case: Case
  contestant: str
  round: int
  unit: str  # What an operation is.
  operations: float
  events: float
  waits: Optional[float]  # None where the library does not tell.
  cpu_ns: float
  wall_ns: float
  extra: dict

  def cpu_per_operation(self) -> float:
    """Nanoseconds."""
    return self.cpu_ns / self.operations

  def wall_per_operation(self) -> float:
    return self.wall_ns / self.operations


@dataclasses.dataclass
class Run:
  """All that a run has measured."""
  machine: dict = dataclasses.field(default_factory=dict)
  samples: list[Sample] = dataclasses.field(default_factory=list)
  counts: list[counts.Count] = dataclasses.field(default_factory=list)
  checks: list[fitness.Check] = dataclasses.field(default_factory=list)
  about: dict = dataclasses.field(default_factory=dict)

  def add_line(self, line: str) -> None:
    """Takes a line of the file. Raises BadLine."""
    try:
      record = json.loads(line)
      if "machine" in record:
        self.machine = record["machine"]
      elif "count" in record:
        self.counts.append(counts.Count(**record["count"]))
      elif "check" in record:
        self.checks.append(fitness.Check(**record["check"]))
      elif "run" in record:
        self.about = record["run"]
      else:
        self.samples.append(parse_sample(record))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
      raise BadLine(f"{error!r} in: {line.strip()[:200]}") from error


def parse_sample(record: dict) -> Sample:
  """Raises KeyError and TypeError where `record` is not a sample."""
  case = Case.of(record)
  numbers = {key: record[key] for key in _KEYS[3:] if key != "unit"}
  for key, value in numbers.items():
    if key == "waits" and value is None:
      continue
    if not isinstance(value, (int, float)) or value < 0:
      raise TypeError(f"{key} is {value!r}")
  for key in ("operations", "cpu_ns", "wall_ns"):
    if not numbers[key]:
      raise TypeError(f"{key} is 0")
  extra = {key: value for key, value in record.items() if key not in _KEYS}
  return Sample(case, record["contestant"], unit=record["unit"], extra=extra,
                **numbers)


def read(lines: Iterable[str]) -> Run:
  """Raises BadLine, with the number of the line."""
  run = Run()
  for number, line in enumerate(lines, 1):
    if not line.strip():
      continue
    try:
      run.add_line(line)
    except BadLine as error:
      raise BadLine(f"line {number}: {error}") from error
  return run


def sample_record(sample: Sample) -> dict:
  record = {"workload": sample.case.workload,
            "parameters": dict(sample.case.parameters)}
  record.update({key: getattr(sample, key) for key in _KEYS[2:]})
  record.update(sample.extra)
  return record


def write(run: Run) -> Iterable[str]:
  """The lines of the file, which `read` takes back."""
  records = [{"machine": run.machine}, {"run": run.about}]
  records += [{"check": dataclasses.asdict(check)} for check in run.checks]
  records += [sample_record(sample) for sample in run.samples]
  records += [{"count": dataclasses.asdict(count)} for count in run.counts]
  return (json.dumps(record) + "\n" for record in records)
