"""How much a run measures."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Plan:
  """The times are guesses for the progress bar, which corrects them."""
  mode: str
  pairs: int
  min_time_ms: float
  # Rounds of raw epoll against itself before each case, and how often they are
  # repeated where they differ too much.
  rehearsals: int
  attempts: int
  # Whether everything is counted, or only what the verdicts need.
  counts_all: bool

  def case_seconds(self, contestants: int) -> float:
    # A sample warms up for an eighth, and opens and closes its sockets.
    return 0.5 + (contestants * (self.pairs + 1) * 1.5
                  * self.min_time_ms / 1000)


# On two cores with nothing else to do, some 3 and 30 minutes.
QUICK = Plan("quick", pairs=9, min_time_ms=8, rehearsals=5, attempts=1,
             counts_all=False)
FULL = Plan("full", pairs=31, min_time_ms=30, rehearsals=7, attempts=3,
            counts_all=True)

# Four runs of the program, two of them under valgrind, on one of the CPUs.
COUNT_SECONDS = 4.0
