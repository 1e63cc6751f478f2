"""Whether this is a machine, a build and a moment to measure in."""

from __future__ import annotations

import dataclasses
import os
from typing import Optional

from report import intervals

# What others may take, in CPUs: a tenth of one.
MOST_BY_OTHERS = 0.10
# How far from 1 the ratio of raw epoll to itself may be.
MOST_NOISE = 0.03

# The kinds of checks.
BUILD = "an optimised build"
QUIET = "nothing else running hard"
NOISE = "raw epoll within 3 % of itself"
WORKS = "everything measured and counted"


@dataclasses.dataclass(frozen=True)
class Check:
  """What was looked at, whether it is as it should be, and what was found."""
  kind: str
  passed: bool
  finding: str
  # Such as "chain/handles:1000/active:1"; empty for what concerns all cases.
  case: str = ""
  # "before" or "during" its measurement.
  when: str = ""


@dataclasses.dataclass(frozen=True)
class CpuTimes:
  """Seconds of CPU time since the system started."""
  busy: float
  # Without what the system does for everyone, such as interrupts: the kernel's
  # share of our own network traffic is among these.
  by_processes: float


def parse_cpu_times(text: str, ticks_per_second: int) -> CpuTimes:
  """`text` is /proc/stat; see proc(5)."""
  fields = text.split("\n", 1)[0].split()
  if len(fields) < 9 or fields[0] != "cpu":
    raise ValueError(f"not /proc/stat: {text[:80]!r}")
  user, nice, system, _, _, irq, softirq, steal = (
      int(field) / ticks_per_second for field in fields[1:9])
  by_processes = user + nice + system + steal
  return CpuTimes(by_processes + irq + softirq, by_processes)


def read_cpu_times() -> Optional[CpuTimes]:
  """None where the system has no /proc/stat."""
  try:
    with open("/proc/stat", encoding="ascii") as file:
      return parse_cpu_times(file.read(), os.sysconf("SC_CLK_TCK"))
  except FileNotFoundError:
    return None


def own_cpu_seconds() -> float:
  """Of this process and of its children that have ended."""
  times = os.times()
  return sum(times[:4])


def check_build(machine: dict) -> Check:
  """`machine` is the first line that the program prints."""
  if not machine.get("optimized", False):
    return Check(BUILD, False, "The build is not optimised, or has a sanitizer: "
                 "its times mean nothing.")
  if machine.get("assertions", False):
    return Check(BUILD, False, "The build checks assertions, as no release "
                 "does: the times of what has many are too long.")
  return Check(BUILD, True,
               f"Optimised, by {machine.get('compiler', 'some compiler')}.")


def check_quiet(case: str, when: str, by_others: float) -> Check:
  """`by_others`: CPUs that other processes kept busy."""
  return Check(QUIET, by_others <= MOST_BY_OTHERS,
               f"Other processes used {max(by_others, 0):.2f} CPUs.", case, when)


def check_noise(case: str, when: str, ratio: intervals.Interval) -> Check:
  """`ratio`: of raw epoll to itself."""
  return Check(NOISE, abs(ratio.median - 1) <= MOST_NOISE,
               f"Raw epoll took {ratio.median:.3f} of its own CPU time.", case,
               when)
