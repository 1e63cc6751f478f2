"""Made-up samples with every workload, for the tests: no contestant has
anything to do with the numbers it gets here."""

from __future__ import annotations

import random

from report import counts
from report import fitness
from report import names
from report import samples

CONTESTANTS = (names.BASELINE, names.BASELINE_AGAIN, names.LIBRARY, "libevent",
               "libuv", "libev", "asio", "poll")
# What an event costs, raw epoll being 1.
COSTS = dict(zip(CONTESTANTS, (1, 1, 1.01, 1.2, 1.4, 0.8, 4.5, 1.7)))

CASES = [samples.Case(workload, tuple(parameters.items()))
         for workload, parameters in (
             ("chain", {"handles": 100, "active": 1}),
             ("chain", {"handles": 1000, "active": 1}),
             ("chain", {"handles": 1000, "active": 100}),
             ("ready_batch", {"handles": 1}),
             ("ready_batch", {"handles": 256}),
             ("rearm", {"handles": 16, "variant": "read"}),
             ("churn", {"form": "open_fire_close"}),
             ("wake", {"form": "ping_pong", "cores": "one"}),
             ("wake", {"form": "coalesced"}),
             ("timers", {"form": "postpone", "timers": 10000}),
             ("post", {"form": "pending"}),
             ("modes", {"mode": "level"}),
             ("modes", {"mode": "edge"}),
             ("modes", {"mode": "oneshot"}),
             ("idle", {"handles": 1000}),
             ("scale", {"idle": 10}),
             ("scale", {"idle": 10000}),
             ("echo", {"bytes": 64}),
             ("echo", {"bytes": 4096}))]

MACHINE = {"cpu": "a made-up processor", "cores": 2, "kernel": "Linux 0",
           "compiler": "a compiler", "optimized": True, "assertions": False,
           "load": 0.1, "libraries": {"glibc": "2.0", "libev": "4.0"}}


def make_sample(case: samples.Case, contestant: str, number: int,
                noise: float = 0.005) -> samples.Sample:
  """The same arguments give the same sample."""
  chance = random.Random(f"{case} {contestant} {number}")
  ns = 1000 * COSTS[contestant] * chance.gauss(1, noise)
  extra = {}
  if case.workload == "scale":
    extra["bytes_per_registration"] = 0 if contestant in names.OWN else 64
  if case.workload == "echo":
    extra = {"p50_ns": 50 * ns, "p99_ns": 90 * ns, "p999_ns": 200 * ns}
  return samples.Sample(case, contestant, number, "event", 1000, 1000, 100,
                        1000 * ns, 1100 * ns, extra)


def make_count(case: samples.Case, contestant: str) -> counts.Count:
  waits = 1000
  events = waits * case.parameter("handles", 1)
  return counts.Count(
      case.workload, dict(case.parameters), contestant, events, events, waits,
      instructions=events * 30 * COSTS[contestant] + waits * 200,
      system_calls={"epoll_wait": waits, "read": events})


def make_run(rounds: int = 21, noise: float = 0.005) -> samples.Run:
  return samples.Run(
      machine=MACHINE,
      samples=[make_sample(case, contestant, number, noise)
               for case in CASES for number in range(rounds)
               for contestant in CONTESTANTS],
      counts=[make_count(case, contestant)
              for case in CASES for contestant in CONTESTANTS],
      checks=[fitness.check_build(MACHINE)],
      about={"mode": "quick", "started": "2000-01-01T00:00:00+00:00",
             "seconds": 60, "pairs": rounds})
