"""A bar with the time that is left, on stderr."""

from __future__ import annotations

import sys

import tqdm

_FORMAT = "{percentage:3.0f}% |{bar:30}| {elapsed} passed, {remaining} left: {desc}"


class Progress:
  """Of work that is told in seconds it is thought to take: the bar corrects the
  estimate by what has passed so far."""

  def __init__(self, expected_seconds: float):
    # Where nobody looks, in a log, a line every now and then is enough.
    watched = sys.stderr.isatty()
    self._bar = tqdm.tqdm(
        total=expected_seconds, bar_format=_FORMAT, smoothing=0,
        file=sys.stderr, mininterval=0.5 if watched else 20,
        ascii=None if watched else True, leave=watched)
    self._done = 0.0

  def now(self, what: str) -> None:
    self._bar.set_description_str(what, refresh=False)
    self._bar.update(0)

  def advance(self, expected_seconds: float) -> None:
    # Beyond the total, the bar would lose its form.
    step = min(expected_seconds, self._bar.total - self._done)
    self._done += step
    self._bar.update(step)

  def expect(self, more_seconds: float) -> None:
    self._bar.total += more_seconds

  def tell(self, message: str) -> None:
    """A line that stays."""
    self._bar.write(message, file=sys.stderr)

  def close(self) -> None:
    self._bar.close()
