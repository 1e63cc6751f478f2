"""Runs a program that measures, and prints each contestant beside one of them.

    python3 -m report.ratios --baseline=CONTESTANT PROGRAM [FLAG...]

PROGRAM gets the flags, which are those of benchmarks/harness/comparison.h. What
is printed of each case: the CPU time of an operation, how many nanoseconds that
is more than the baseline's, and the ratio; medians over the rounds, of
differences and ratios within a round, the ratios with their 95 % interval.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from report import intervals
from report import samples
from report import summary as summaries
from report import tables


def table(run: samples.Run, baseline: str) -> list[list[str]]:
  """The head, then the cases as they were measured, in each the baseline
  first."""
  summary = summaries.Summary(run)
  lines = [["case", "contestant", "ns", "more ns", "ratio"]]
  for workload in summary.workloads():
    for case in summary.cases(workload):
      others = [name for name in summary.contestants(workload)
                if name != baseline and summary.cell(case, name)]
      lines += [_line(run, summary, case, name, baseline)
                for name in [baseline, *others]]
  return lines


def _line(run: samples.Run, summary: summaries.Summary, case: samples.Case,
          contestant: str, baseline: str) -> list[str]:
  line = [case.name(), contestant,
          f"{summary.cell(case, contestant).cpu_ns.median:.1f}"]
  if contestant == baseline:
    return line + ["", ""]
  return line + [f"{_more(run, case, contestant, baseline):+.1f}",
                 tables.ratio_text(summary.ratio(case, contestant, baseline))]


def _more(run: samples.Run, case: samples.Case, contestant: str,
          baseline: str) -> float:
  """The median of what it takes more than the baseline in the same round."""
  costs = {(sample.contestant, sample.round): sample.cpu_per_operation()
           for sample in run.samples if sample.case == case}
  return intervals.median_interval(
      cost - costs[baseline, number]
      for (name, number), cost in costs.items() if name == contestant).median


def aligned(lines: list[list[str]]) -> str:
  widths = [max(map(len, column)) for column in zip(*lines)]
  return "\n".join(
      "  ".join(text.ljust(width) if i < 2 else text.rjust(width)
                for i, (text, width) in enumerate(zip(line, widths))).rstrip()
      for line in lines)


def main(arguments: list[str]) -> int:
  parser = argparse.ArgumentParser(prog="ratios", description=__doc__,
                                   formatter_class=argparse.RawTextHelpFormatter)
  parser.add_argument("--baseline", required=True)
  parser.add_argument("program")
  parser.add_argument("flags", nargs=argparse.REMAINDER)
  options = parser.parse_args(arguments)
  done = subprocess.run([options.program, *options.flags],
                        stdout=subprocess.PIPE, text=True, check=False)
  if done.returncode != 0:
    return done.returncode
  print(aligned(table(samples.read(done.stdout.splitlines()),
                      options.baseline)))
  return 0


if __name__ == "__main__":
  sys.exit(main(sys.argv[1:]))
