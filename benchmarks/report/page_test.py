import html.parser
import unittest

from report import content
from report import fitness
from report import made_up_samples
from report import page
from report import summary as summaries


class _Reader(html.parser.HTMLParser):
  """Collects text, identifiers and whatever would be fetched from elsewhere."""

  _EMPTY = {"meta", "use", "path", "rect", "link", "br"}

  def __init__(self):
    super().__init__()
    self.text = ""
    self.ids = []
    self.fetched = []
    self.tags = []
    self.open = []

  def handle_starttag(self, tag, attributes):
    self.tags.append(tag)
    if tag not in self._EMPTY:
      self.open.append(tag)
    for name, value in attributes:
      if name == "id":
        self.ids.append(value)
      if name in ("src", "href", "xlink:href") and not value.startswith("#"):
        self.fetched.append(value)

  def handle_startendtag(self, tag, attributes):
    self.handle_starttag(tag, attributes)
    if tag not in self._EMPTY:
      self.open.pop()

  def handle_endtag(self, tag):
    if tag not in self._EMPTY:
      assert self.open.pop() == tag, tag

  def handle_data(self, data):
    self.text += data


def _read(run) -> _Reader:
  reader = _Reader()
  reader.feed(page.render(content.make(summaries.Summary(run))))
  return reader


class PageTest(unittest.TestCase):

  def test_has_everything_and_needs_nothing_else(self):
    reader = _read(made_up_samples.make_run())
    self.assertEqual(reader.open, [])
    self.assertEqual(reader.fetched, [])
    self.assertNotIn("script", reader.tags)
    # One a workload, the overview, the idle handles' cost, the latency.
    self.assertEqual(reader.tags.count("svg"), 11 + 3)
    self.assertEqual(len(reader.ids), len(set(reader.ids)))
    for text in ("a made-up processor", "Ready batch", "libuv: Selector is ahead",
                 "at most 1.03 of raw epoll's: reached",
                 "says that the machine was fit", "Where another library"):
      self.assertIn(text.replace("says", "say"), reader.text)

  def test_says_what_was_not_fit(self):
    run = made_up_samples.make_run()
    run.checks.append(fitness.check_quiet("chain/handles:100/active:1",
                                          "during", 1.5))
    reader = _read(run)
    self.assertIn("Not everything was fit", reader.text)
    self.assertIn("Other processes used 1.50 CPUs", reader.text)
    self.assertNotIn("was fit to measure on", reader.text)

  def test_text_from_elsewhere_is_no_markup(self):
    run = made_up_samples.make_run()
    run.machine = {"cpu": "<script>alert(1)</script>"}
    reader = _read(run)
    self.assertNotIn("script", reader.tags)
    self.assertIn("<script>", reader.text)

  def test_works_without_the_other_libraries_and_without_counts(self):
    run = made_up_samples.make_run(rounds=3)
    run.counts = []
    run.samples = [sample for sample in run.samples
                   if sample.contestant in ("raw_epoll", "selector")
                   and sample.case.workload in ("chain", "idle")]
    self.assertNotIn("Beside the other libraries", _read(run).text)
