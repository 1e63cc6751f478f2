"""The report as one HTML page that needs nothing else."""

from __future__ import annotations

import pathlib
import re

import jinja2

from report import bars
from report import content as contents
from report import names
from report import tables
from report import words

_TEMPLATE = "page.html.jinja"


def render(content: contents.Content) -> str:
  environment = jinja2.Environment(
      loader=jinja2.FileSystemLoader(pathlib.Path(__file__).parent),
      autoescape=True, undefined=jinja2.StrictUndefined)
  environment.filters["unbroken"] = _unbroken
  run = content.summary.run
  return environment.get_template(_TEMPLATE).render(
      content=content,
      run_sentence=words.run_sentence(run.about),
      machine_sentence=words.machine_sentence(run.machine),
      unfit=words.unfit_sentences(run.checks),
      checks=len(run.checks),
      bar_table=_bar_table(content.bars))


def _unbroken(text: str) -> str:
  """Keeps an interval, "(0.99 to 1.01)", on one line."""
  return re.sub(r"\([\d.,]+ to [\d.,]+\)",
                lambda found: found.group().replace(" ", "\u00a0"), text)


def _bar_table(all_bars: list[bars.Bar]) -> tables.Table:
  return tables.Table(
      "Each bar in each case",
      ["workload", "case", "contestant", "to be reached", "measured", ""],
      [[names.workload(bar.workload), bar.where,
        names.contestant(bar.contestant), bar.what,
        tables.ratio_text(bar.measured), bar.verdict.value]
       for bar in all_bars])
