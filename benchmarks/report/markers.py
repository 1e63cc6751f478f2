"""Places in a Markdown page that a program fills: what stands between
  <!-- report: NAME -->
  <!-- end of report: NAME -->
"""

from __future__ import annotations

import re


def replace_block(text: str, name: str, block: str) -> str:
  """Raises ValueError where there is not exactly one such place."""
  begin, end = f"<!-- report: {name} -->\n", f"<!-- end of report: {name} -->"
  place = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
  text, replaced = place.subn(
      lambda _: f"{begin}\n{block.strip()}\n\n{end}", text)
  if replaced != 1:
    raise ValueError(f"{replaced} places for {name}, where one is needed")
  return text
