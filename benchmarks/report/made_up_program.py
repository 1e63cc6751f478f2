"""A program that takes the flags of benchmarks/harness/comparison.h and prints
made-up samples, at once. For the tests."""

from __future__ import annotations

import json

from report import made_up_samples
from report import program as programs
from report import samples

BROKEN = "wake/form:coalesced"


class MadeUpProgram(programs.Program):
  """`noise` is that of its samples. The case BROKEN fails."""

  def __init__(self, noise: float = 0.001):
    super().__init__("")
    self.noise = noise
    self.asked: list[tuple] = []

  def list(self):
    return programs.Listing([case.name() for case in made_up_samples.CASES],
                              list(made_up_samples.CONTESTANTS))

  def measure(self, case, contestants, pairs, min_time_ms):
    self.asked.append((case, tuple(contestants), pairs))
    if case == BROKEN:
      raise programs.Failed("it broke")
    found = next(c for c in made_up_samples.CASES if c.name() == case)
    yield json.dumps({"machine": made_up_samples.MACHINE}) + "\n"
    for number in range(pairs):
      for contestant in contestants:
        sample = made_up_samples.make_sample(found, contestant, number,
                                             self.noise)
        yield json.dumps(samples.sample_record(sample)) + "\n"


def made_up_count(program, case, contestant, operation_ns):
  """In place of counting.count."""
  del program, operation_ns
  if contestant == "poll":
    return None
  if contestant == "asio":
    raise programs.Failed("it broke, too")
  found = next(c for c in made_up_samples.CASES if c.name() == case)
  return made_up_samples.make_count(found, contestant)
