import re
import unittest
from xml.etree import ElementTree

from report import intervals
from report import made_up_samples
from report import names
from report import plots
from report import summary as summaries

_SUMMARY = summaries.Summary(made_up_samples.make_run())


def _texts(svg: str) -> list:
  """What a reader reads."""
  root = ElementTree.fromstring(svg)
  return ["".join(node.itertext()).strip()
          for node in root.iter("{http://www.w3.org/2000/svg}text")]


class RatioPlotTest(unittest.TestCase):

  def test_names_every_contestant_and_case(self):
    svg = plots.ratio_plot("chain", plots.ratio_rows(_SUMMARY, "chain"), 1.02)
    texts = " ".join(_texts(svg))
    for contestant in made_up_samples.CONTESTANTS[1:]:
      self.assertIn(names.contestant(contestant), texts)
    for label in ("100 handles", "1,000 handles", "100 active",
                  "to be reached"):
      self.assertIn(label, texts)

  def test_writes_what_lies_beyond_its_edge(self):
    svg = plots.ratio_plot("chain", plots.ratio_rows(_SUMMARY, "chain"), None)
    self.assertEqual(len([t for t in _texts(svg) if re.match(r"4\.\d\d?$", t)]), 3)
    self.assertNotIn("to be reached", _texts(svg))

  def test_an_interval_that_is_longer_is_drawn_longer(self):
    def height(low, high):
      rows = [("x", {"libev": intervals.Interval(1.1, low, high, 21)})]
      svg = plots.ratio_plot("one", rows, None)
      # The line of the interval, in the colour of libev: M x y0 L x y1.
      paths = re.findall(r'<path d="M ([\d.]+) ([\d.]+)\s+L ([\d.]+) ([\d.]+)'
                         r'\s*" clip-path="[^"]*" style="[^"]*#cc79a7', svg)
      lines = [abs(float(y0) - float(y1)) for x0, y0, x1, y1 in paths
               if x0 == x1]
      self.assertEqual(len(lines), 1)
      return lines[0]

    self.assertGreater(height(0.95, 1.25), 3 * height(1.09, 1.11))

  def test_takes_a_ratio_without_an_interval(self):
    rows = [("x", {"libev": intervals.Interval(1.1, None, None, 3)})]
    ElementTree.fromstring(plots.ratio_plot("one", rows, None))

  def test_the_same_numbers_give_the_same_plot(self):
    rows = plots.ratio_rows(_SUMMARY, "chain")
    self.assertEqual(plots.ratio_plot("chain", rows, 1),
                     plots.ratio_plot("chain", rows, 1))

  def test_two_plots_of_one_page_have_no_id_in_common(self):
    ids = [set(re.findall(r'\bid="([^"]+)"',
                          plots.ratio_plot(workload,
                                           plots.ratio_rows(_SUMMARY, workload),
                                           1)))
           for workload in ("chain", "ready_batch")]
    self.assertTrue(ids[0])
    self.assertFalse(ids[0] & ids[1])


class OtherPlotsTest(unittest.TestCase):

  def test_cost_over_the_idle_handles(self):
    texts = _texts(plots.cost_plot("scale_cost", _SUMMARY, "scale"))
    for text in ("Selector", "raw epoll", "10,000", "idle"):
      self.assertIn(text, texts)

  def test_latency(self):
    texts = _texts(plots.latency_plot("echo_latency", _SUMMARY, "echo"))
    for text in ("Selector", "64 bytes", "4,096 bytes", "99.9 %"):
      self.assertIn(text, texts)
