#!/usr/bin/env python3
"""Counts the instructions of a selector's calls, in user space, by callgrind:
the same number each time for the same binary. Needs valgrind.

    ./bazelw run -c opt //benchmarks/instructions:count
"""

import pathlib
import re
import subprocess
import sys
import tempfile

PROGRAM = "benchmarks/instructions/operations"
CONTESTANTS = ("selector", "single_waiter")
OPERATIONS = ("wait_0", "wait_1", "wait_256", "wake_pending", "add", "modify",
              "remove")
# Two runs are subtracted, so that the beginning and the end do not count.
FEW, MANY = 100, 600


def instructions(contestant, operation, times):
  with tempfile.TemporaryDirectory() as folder:
    output = pathlib.Path(folder, "callgrind")
    subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}",
         PROGRAM, contestant, operation, str(times)],
        check=True, stderr=subprocess.PIPE)
    return int(re.search(r"^summary: (\d+)", output.read_text(), re.M)[1])


def main():
  print("| operation | " + " | ".join(CONTESTANTS) + " |")
  print("|---|" + "---|" * len(CONTESTANTS))
  for operation in OPERATIONS:
    row = []
    for contestant in CONTESTANTS:
      few, many = (instructions(contestant, operation, n) for n in (FEW, MANY))
      row.append(f"{(many - few) / (MANY - FEW):.2f}")
    print(f"| {operation} | " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
  sys.exit(main())
