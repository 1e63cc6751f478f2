"""What was to be reached, and whether it was.

The bars are those the project has set itself. A ratio reaches its bar where its
median does. Where the median does not but the interval does, the run cannot
tell; nor can it where the machine was not fit (fitness.py).
"""

from __future__ import annotations

import dataclasses
import enum
from typing import Iterable, Optional

from report import counts
from report import intervals
from report import names
from report import samples
from report import summary as summaries

# Against raw epoll's CPU time.
_CPU_LIMITS = {"ready_batch": 1.03, "idle": 1.03}
_CPU_LIMIT = 1.02
_INSTRUCTIONS_A_WAIT = 50
_INSTRUCTIONS_AN_EVENT = 10
_SCALE_LIMIT = 1.1
_PING_PONG_LIMIT = 0.85
# Of a selector for a single waiter, by the variant.
_REARM_LIMITS = {"read": 0.75, "stays_ready": 0.35, "late": 1.03,
                 "late_stays_ready": 1.03}
_MANY_HANDLES = 16
# Of the selector over io_uring, by workload and the parameter that tells cases
# apart.
_IO_URING_LIMITS = {
    ("rearm", "read"): 0.70,
    ("rearm", "stays_ready"): 0.30,
    ("rearm", "late"): 0.72,
    ("rearm", "late_stays_ready"): 0.72,
    ("churn", "open_fire_close"): 0.72,
    ("churn", "batches"): 0.40,
    ("churn", "one_by_one"): 0.65,
    ("chain", "edge"): 0.97,
    # 1.08 times as many requests for each second of CPU time.
    ("echo", "oneshot"): 0.93,
}
_IO_URING_WORKLOADS = {"idle": 0.05, "chain": 1.03, "ready_batch": 1.03}
_IO_URING_PING_PONG_LIMIT = 0.84
# Of a selector for a single waiter against the plain one.
_SINGLE_WAITER_LIMIT = 1.02
_WAKE_NS = 20
_IO_URING_WAKE_NS = 15
# Against other libraries, by workload and form: where epoll has nothing to
# compare with.
_ALL_PEERS = dict.fromkeys(names.PEERS, 1.0)
_PEER_LIMITS = {
    ("timers", "postpone"): {"libev": 0.6, "libevent": 0.15, "libuv": 0.06,
                             "asio": 0.04},
    ("timers", "cancel_add"): {"libev": 1.0},
    ("timers", "expire"): _ALL_PEERS,
    ("post", "pending"): _ALL_PEERS,
    ("post", "ping_pong"): _ALL_PEERS,
    ("post", "threads"): _ALL_PEERS,
}
_AGAINST_PEERS = {workload for workload, _ in _PEER_LIMITS}
# How far a count that threads' timing decides may be from a whole number.
_COUNT_TOLERANCE = 0.01
_BYTES = {names.LIBRARY: 0, names.SINGLE_WAITER: 32, names.IO_URING: 48}


class Verdict(enum.Enum):
  REACHED = "reached"
  MISSED = "missed"
  UNDECIDED = "not decided"


@dataclasses.dataclass(frozen=True)
class Bar:
  """One bar in one case."""
  workload: str
  where: str
  contestant: str
  # Such as "CPU time at most 1.02 of raw epoll's".
  what: str
  measured: intervals.Interval
  verdict: Verdict


def judge(measured: intervals.Interval, limit: float,
          unfit: bool = False) -> Verdict:
  if unfit:
    return Verdict.UNDECIDED
  if measured.median <= limit:
    return Verdict.REACHED
  if measured.known and measured.low <= limit:
    return Verdict.UNDECIDED
  return Verdict.MISSED


def exact(value: float) -> intervals.Interval:
  """A count, which has no noise."""
  return intervals.Interval(value, value, value, 1)


def cpu_limit(workload: str) -> Optional[float]:
  """Of the ratio to raw epoll; None where it differs between the cases."""
  if workload == "wake" or workload in _AGAINST_PEERS:
    return None
  return _CPU_LIMITS.get(workload, _CPU_LIMIT)


def all_bars(summary: summaries.Summary) -> list[Bar]:
  bars: list[Bar] = []
  for contestant in names.OWN:
    for workload in summary.workloads():
      for case in summary.cases(workload):
        if summary.cell(case, contestant):
          bars += _case_bars(summary, case, contestant)
    bars += _scale_bars(summary, contestant)
    bars += _instruction_bars(summary, contestant)
  return bars


def _case_limit(case: samples.Case, contestant: str) -> float:
  parameters = dict(case.parameters)
  if contestant == names.IO_URING:
    return _io_uring_limit(case)
  if parameters.get("cores") == "one":  # Wake, in turns.
    return _PING_PONG_LIMIT
  if contestant == names.SINGLE_WAITER and case.workload == "rearm":
    variant = parameters.get("variant", "")
    if variant.startswith("late") or parameters.get("handles", 0) >= _MANY_HANDLES:
      return _REARM_LIMITS.get(variant, _CPU_LIMIT)
  return _CPU_LIMITS.get(case.workload, _CPU_LIMIT)


def _io_uring_limit(case: samples.Case) -> float:
  parameters = dict(case.parameters)
  if parameters.get("cores") == "one":  # Wake, in turns.
    return _IO_URING_PING_PONG_LIMIT
  other = _IO_URING_WORKLOADS.get(
      case.workload, _CPU_LIMITS.get(case.workload, _CPU_LIMIT))
  if case.workload == "rearm" and parameters.get("handles", 0) < _MANY_HANDLES:
    return other
  form = (parameters.get("variant") or parameters.get("form")
          or parameters.get("mode"))
  return _IO_URING_LIMITS.get((case.workload, form), other)


def _case_bars(summary: summaries.Summary, case: samples.Case,
               contestant: str) -> Iterable[Bar]:
  cell = summary.cell(case, contestant)
  unfit = summary.unfit(case)

  def bar(what: str, limit: float, measured: intervals.Interval,
          depends_on_noise: bool) -> Bar:
    return Bar(case.workload, case.label(), contestant, what, measured,
               judge(measured, limit, unfit and depends_on_noise))

  if case.parameter("form") == "coalesced":
    wake_ns = _IO_URING_WAKE_NS if contestant == names.IO_URING else _WAKE_NS
    yield bar(f"at most {wake_ns} ns of CPU time for a wake while one is "
              "pending", wake_ns, cell.cpu_ns, True)
  elif case.workload in _AGAINST_PEERS:
    limits = _PEER_LIMITS.get((case.workload, case.parameter("form")), {})
    for peer, limit in limits.items():
      ratio = summary.ratio(case, contestant, peer)
      if ratio:
        yield bar(f"CPU time at most {limit:g} of {names.contestant(peer)}'s",
                  limit, ratio, True)
  elif cell.cpu_ratio:
    limit = _case_limit(case, contestant)
    yield bar(f"CPU time at most {limit:.2f} of raw epoll's", limit,
              cell.cpu_ratio, True)
  plain = summary.ratio(case, contestant, names.LIBRARY)
  if (contestant == names.SINGLE_WAITER and plain and case.workload != "rearm"
      and case.workload not in _AGAINST_PEERS):
    yield bar(f"CPU time at most {_SINGLE_WAITER_LIMIT:.2f} of Selector's",
              _SINGLE_WAITER_LIMIT, plain, True)
  calls = _system_calls(cell)
  raw_calls = _system_calls(summary.cell(case, names.BASELINE))
  if calls is not None and raw_calls is not None:
    yield bar("no more system calls than raw epoll",
              raw_calls + _COUNT_TOLERANCE, exact(calls), False)
  if "bytes_per_registration" in cell.extra:
    limit = _BYTES.get(contestant, 0)
    yield bar(f"at most {limit} bytes of memory for each registration", limit,
              cell.extra["bytes_per_registration"], False)


def _system_calls(cell: Optional[summaries.Cell]) -> Optional[float]:
  return cell.count.system_calls_per_operation() if cell and cell.count else None


def _scale_bars(summary: summaries.Summary, contestant: str) -> Iterable[Bar]:
  """The most idle handles against the fewest."""
  cases = [case for case in summary.cases("scale")
           if summary.cell(case, contestant)]
  if len(cases) < 2:
    return
  few, many = cases[0], cases[-1]
  ratio = summary.ratio_of_cases(many, few, contestant)
  if ratio:
    yield Bar("scale", f"{many.label()} against {few.label()}", contestant,
              f"the most idle handles cost at most {_SCALE_LIMIT} times as much "
              "as the fewest", ratio,
              judge(ratio, _SCALE_LIMIT,
                    summary.unfit(few) or summary.unfit(many)))


def extra_instructions(summary: summaries.Summary,
                       contestant: str) -> Optional[counts.Line]:
  """Those of a contestant beyond raw epoll's, from the batches' sizes."""
  batches = []
  for case in summary.cases("ready_batch"):
    ours = _count(summary, case, contestant)
    theirs = _count(summary, case, names.BASELINE)
    if _has_waits(ours) and _has_waits(theirs):
      batches.append((ours.events / ours.waits,
                      ours.instructions_per_wait()
                      - theirs.instructions_per_wait()))
  if len({round(size) for size, _ in batches}) < 2:
    return None
  return counts.fit_line(batches)


def _count(summary: summaries.Summary, case: samples.Case,
           contestant: str) -> Optional[counts.Count]:
  cell = summary.cell(case, contestant)
  return cell.count if cell else None


def _has_waits(count: Optional[counts.Count]) -> bool:
  return bool(count and count.instructions is not None and count.waits)


def _instruction_bars(summary: summaries.Summary,
                      contestant: str) -> Iterable[Bar]:
  line = extra_instructions(summary, contestant)
  if line is None:
    return
  for what, limit, value in (
      ("a wait", _INSTRUCTIONS_A_WAIT, line.per_wait),
      ("an event", _INSTRUCTIONS_AN_EVENT, line.per_event)):
    yield Bar("ready_batch", "all batches", contestant,
              f"at most {limit} user-space instructions {what} more than raw "
              "epoll", exact(value), judge(exact(value), limit))
