"""What //benchmarks:report does once everything is installed and built."""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
import pathlib
import sys
import time

from report import bars
from report import content as contents
from report import docs
from report import measure
from report import page
from report import plan as plans
from report import program as programs
from report import samples
from report import summary as summaries
from report import tables
from report import words


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
  parser = argparse.ArgumentParser(
      prog="./bazelw run -c opt //benchmarks:report --",
      description="Measures the library beside raw epoll and other libraries, "
      "and writes report.html, its plots as SVG, samples.jsonl (all that was "
      "measured), summary.json and summary.csv.")
  parser.add_argument("--quick", action="store_true",
                      help="3 minutes instead of 30, for a first impression")
  parser.add_argument("--output", type=pathlib.Path, metavar="DIR",
                      default=pathlib.Path("benchmark-report"),
                      help="where to write, default: %(default)s")
  parser.add_argument("--nopeers", action="store_true",
                      help="without the other libraries and their packages")
  parser.add_argument("--peers", type=pathlib.Path, metavar="DIR",
                      help="take the other libraries from DIR/include and "
                      "DIR/lib (static ones) where they are there, in other "
                      "versions than Debian's")
  parser.add_argument("--workload", action="append", metavar="NAME",
                      help="only this one; may be given several times")
  parser.add_argument("--samples", type=pathlib.Path, metavar="FILE",
                      help="measure nothing, but show the samples.jsonl of an "
                      "earlier run")
  parser.add_argument("--docs", type=pathlib.Path, metavar="DIR",
                      help="also write the plots and numbers into DIR/"
                      "performance.md, which has places for them; a run with "
                      "--peers into a place of its own")
  # Given by run.sh.
  parser.add_argument("--program", help=argparse.SUPPRESS)
  options = parser.parse_args(arguments)
  if not options.samples and not options.program:
    parser.error("it is not known which program measures")
  return options


def main(arguments: list[str]) -> int:
  options = parse_arguments(arguments)
  options.output.mkdir(parents=True, exist_ok=True)
  if options.samples:
    with options.samples.open(encoding="utf-8") as file:
      run = samples.read(file)
  else:
    run = _measured(options)
  if not run.samples:
    print("report: nothing was measured", file=sys.stderr)
    return 1
  content = contents.make(summaries.Summary(run))
  _write(options.output, content)
  if options.docs:
    docs.write(options.docs, content)
  _tell(options.output, content)
  return 0


def _measured(options: argparse.Namespace) -> samples.Run:
  program = programs.Program(options.program)
  listing = program.list()
  cases = [case for case in listing.cases
           if not options.workload or case.split("/")[0] in options.workload]
  plan = plans.QUICK if options.quick else plans.FULL
  run = samples.Run()
  started = datetime.datetime.now(datetime.timezone.utc)
  begun = time.monotonic()
  measurement = measure.Measurement(program, plan, run, cases,
                                    listing.contestants)
  try:
    measurement.measure()
    measurement.count()
  finally:  # What a run that is cut off has measured stays.
    measurement.close()
    run.about = {"mode": plan.mode,
                 "peers": "prefix" if options.peers else "packages", "pairs": plan.pairs,
                 "min_time_ms": plan.min_time_ms,
                 "started": started.isoformat(timespec="seconds"),
                 "seconds": round(time.monotonic() - begun)}
    with (options.output / "samples.jsonl").open("w", encoding="utf-8") as file:
      file.writelines(samples.write(run))
  return run


def _write(folder: pathlib.Path, content: contents.Content) -> None:
  def write(name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")

  with (folder / "samples.jsonl").open("w", encoding="utf-8") as file:
    file.writelines(samples.write(content.summary.run))
  records = tables.records(content.summary)
  write("report.html", page.render(content))
  write("summary.csv", tables.to_csv(records))
  write("summary.json", json.dumps(_summary(content, records), indent=1))
  for plot in [content.overview,
               *(plot for section in content.sections
                 for plot in section.plots)]:
    write(f"{plot.name}.svg", plot.svg)


def _summary(content: contents.Content, records: list[dict]) -> dict:
  run = content.summary.run
  return {
      "machine": run.machine,
      "run": run.about,
      "checks": [dataclasses.asdict(check) for check in run.checks],
      "results": records,
      "bars": [{**dataclasses.asdict(bar), "verdict": bar.verdict.value}
               for bar in content.bars],
  }


def _tell(folder: pathlib.Path, content: contents.Content) -> None:
  for sentence in words.unfit_sentences(content.summary.run.checks):
    print(sentence)
  for sentence in words.bar_sentences(
      bar for bar in content.bars if bar.verdict != bars.Verdict.REACHED):
    print(sentence)
  print(f"{len(content.bars)} bars, of which "
        f"{sum(bar.verdict == bars.Verdict.REACHED for bar in content.bars)} "
        "were reached")
  print(f"the report: {(folder / 'report.html').resolve()}")


if __name__ == "__main__":
  try:
    sys.exit(main(sys.argv[1:]))
  except programs.Failed as failure:
    print(f"report: {failure}", file=sys.stderr)
    sys.exit(1)
