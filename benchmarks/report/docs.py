"""Writes a run's plots and numbers into docs/performance.md.

The page's own text stays. What comes from the numbers has places of its own
there (markers.py) and is replaced.
"""

from __future__ import annotations

import pathlib

from typing import Iterable

from report import bars
from report import content as contents
from report import markers
from report import names
from report import summary as summaries
from report import tables
from report import words

_PAGE = "performance.md"
_PLOTS = "performance"


def write(folder: pathlib.Path, content: contents.Content) -> None:
  """`folder` is docs/. Raises ValueError where the page lacks a place."""
  page = folder / _PAGE
  text = page.read_text(encoding="utf-8")
  if content.summary.run.about.get("peers") == "prefix":
    page.write_text(markers.replace_block(text, "newest peers",
                                          _newest_peers(content)),
                    encoding="utf-8")
    return
  for name, block in _blocks(content).items():
    text = markers.replace_block(text, name, block)
  plots = folder / _PLOTS
  plots.mkdir(exist_ok=True)
  for old in plots.glob("*.svg"):
    old.unlink()
  for plot in [content.overview,
               *(plot for section in content.sections
                 for plot in section.plots)]:
    (plots / f"{plot.name}.svg").write_text(plot.svg, encoding="utf-8")
  page.write_text(text, encoding="utf-8")


def _blocks(content: contents.Content) -> dict[str, str]:
  run = content.summary.run
  unfit = [f"- {sentence}" for sentence in words.unfit_sentences(run.checks)]
  return {
      "run": "\n".join([
          words.run_sentence(run.about), "",
          words.machine_sentence(run.machine), ""]
          + (["Not everything was fit to be measured:", "", *unfit] if unfit
             else [f"All {len(run.checks)} checks say that the machine was fit "
                   "to measure on."])),
      "overview": _figure(content.overview),
      "bars": _bar_lines(content),
      "peers": _peers(content),
      "modes": "\n".join(f"- {each}" for each in content.mode_sentences),
      "workloads": "\n".join(_section(section) for section in content.sections),
  }


def _peers(content: contents.Content) -> str:
  return ("\n".join(f"- {each}" for each in content.peer_sentences)
          + ("\n\n" + tables.markdown(content.behind)
             if content.behind.rows else ""))


def _newest_peers(content: contents.Content) -> str:
  """All of a run with libraries of other versions, without plots."""
  run = content.summary.run
  unfit = [f"- {sentence}" for sentence in words.unfit_sentences(run.checks)]
  return "\n".join([
      words.run_sentence(run.about), "",
      words.machine_sentence(run.machine), "",
      *(["Not everything was fit to be measured:", "", *unfit, ""]
        if unfit else []),
      _peers(content), "",
      "<details><summary>The numbers</summary>\n",
      "CPU time against raw epoll: median of the ratios and its 95 % "
      "interval.\n",
      *(part for workload in content.summary.workloads()
        for part in _peer_table(content.summary, workload)),
      "</details>\n"])


def _peer_table(summary: summaries.Summary, workload: str) -> Iterable[str]:
  known = [each for each in summary.contestants(workload)
           if each in (names.BASELINE_AGAIN, *names.OWN, *names.PEERS)]
  yield f"{names.workload(workload)}:\n"
  yield tables.markdown(tables.Table(
      names.workload(workload), ["", *map(names.contestant, known)],
      [[case.label(), *(tables.ratio_text(cell.cpu_ratio if cell else None)
                        for cell in (summary.cell(case, each)
                                     for each in known))]
       for case in summary.cases(workload)]))


def _figure(plot: contents.Plot) -> str:
  title = plot.name.replace("_", " ").capitalize()
  return f"![{title}]({_PLOTS}/{plot.name}.svg)\n\n{plot.caption}\n"


def _bar_lines(content: contents.Content) -> str:
  verdicts = [bar.verdict for bar in content.bars]
  counted = ", ".join(f"{verdicts.count(verdict)} {verdict.value}"
                      for verdict in bars.Verdict)
  return f"Of {len(verdicts)} bars: {counted}."


def _section(section: contents.Section) -> str:
  parts = [f"### {section.title}\n", section.description + "\n"]
  parts += [_figure(plot) for plot in section.plots]
  parts.append("\n".join(f"- {each}" for each in section.findings) + "\n")
  parts.append("<details><summary>The numbers</summary>\n")
  for table in section.tables:
    parts += [f"{table.title}:\n", tables.markdown(table)]
  parts.append("</details>\n")
  return "\n".join(parts)
