import contextlib
import csv
import io
import json
import pathlib
import tempfile
import unittest
from unittest import mock
from xml.etree import ElementTree

from report import made_up_program
from report import made_up_samples
from report import main
from report import program as programs
from report import samples

_PAGE = "".join(
    f"<!-- report: {name} -->\n<!-- end of report: {name} -->\n"
    for name in ("run", "overview", "bars", "peers", "newest peers", "modes",
                 "workloads"))


class MainTest(unittest.TestCase):

  def setUp(self):
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self._folder = pathlib.Path(folder.name)
    self._samples = self._folder / "earlier.jsonl"
    self._samples.write_text(
        "".join(samples.write(made_up_samples.make_run())), encoding="utf-8")
    self._output = self._folder / "new" / "report"

  def _main(self, *arguments):
    with contextlib.redirect_stdout(io.StringIO()) as output:
      self.assertEqual(
          main.main([f"--output={self._output}", *arguments]), 0)
    return output.getvalue()

  def _read(self, name):
    return (self._output / name).read_text(encoding="utf-8")

  def test_writes_every_file(self):
    told = self._main(f"--samples={self._samples}")
    self.assertIn("report.html", told)
    self.assertIn("bars, of which", told)
    self.assertEqual(
        {path.name for path in self._output.iterdir()},
        {"report.html", "samples.jsonl", "summary.json", "summary.csv",
         "overview.svg", "scale_cost.svg", "echo_latency.svg"}
        | {f"{case.workload}.svg" for case in made_up_samples.CASES})
    self.assertEqual(self._read("samples.jsonl"),
                     self._samples.read_text(encoding="utf-8"))
    cells = len(made_up_samples.CASES) * len(made_up_samples.CONTESTANTS)
    self.assertEqual(
        len(list(csv.reader(io.StringIO(self._read("summary.csv"))))),
        cells + 1)
    summary = json.loads(self._read("summary.json"))
    self.assertEqual(summary["machine"], made_up_samples.MACHINE)
    self.assertEqual(len(summary["results"]), cells)
    self.assertIn("reached", {bar["verdict"] for bar in summary["bars"]})
    for path in self._output.glob("*.svg"):
      ElementTree.parse(path)

  def test_fills_the_page_of_the_documentation(self):
    page = self._folder / "performance.md"
    page.write_text("Ours.\n" + _PAGE, encoding="utf-8")
    self._main(f"--samples={self._samples}", f"--docs={self._folder}")
    text = page.read_text(encoding="utf-8")
    self.assertTrue(text.startswith("Ours.\n"))
    for path in (self._folder / "performance").iterdir():
      self.assertIn(f"(performance/{path.name})", text)
    self.assertEqual(text.count(".svg)"), 14)
    self.assertIn("a made-up processor", text)
    self.assertIn("| 1,000 handles, 1 active |", text)
    self._main(f"--samples={self._samples}", f"--docs={self._folder}")
    self.assertEqual(page.read_text(encoding="utf-8"), text)

  def test_newer_peers_have_a_place_of_their_own(self):
    page = self._folder / "performance.md"
    page.write_text("Ours.\n" + _PAGE, encoding="utf-8")
    run = made_up_samples.make_run()
    run.about["peers"] = "prefix"
    newer = self._folder / "newer.jsonl"
    newer.write_text("".join(samples.write(run)), encoding="utf-8")
    self._main(f"--samples={newer}", f"--docs={self._folder}")
    before, text = page.read_text(encoding="utf-8").split(
        "<!-- report: newest peers -->")
    self.assertNotIn("|", before)
    text, after = text.split("<!-- end of report: newest peers -->")
    self.assertNotIn("|", after)
    self.assertIn("libraries: glibc 2.0, libev 4.0", text)
    self.assertIn("Chain:", text)
    self.assertIn("| libev | Chain | 1,000 handles, 1 active |", text)
    self.assertIn("In user space it runs", text)

  def test_keeps_what_a_run_measured_before_it_was_cut_off(self):
    class CutOff(made_up_program.MadeUpProgram):

      def measure(self, case, contestants, pairs, min_time_ms):
        if case.startswith("ready_batch"):
          raise KeyboardInterrupt
        return super().measure(case, contestants, pairs, min_time_ms)

    with mock.patch.object(programs, "Program", lambda _: CutOff()), \
        contextlib.redirect_stderr(io.StringIO()), \
        self.assertRaises(KeyboardInterrupt):
      main.main(["--program=x", "--quick", f"--output={self._output}"])
    run = samples.read(self._read("samples.jsonl").splitlines())
    self.assertEqual({sample.case.workload for sample in run.samples},
                     {"chain"})
    self.assertEqual(run.about["mode"], "quick")

  def test_measures_the_named_workloads_only(self):
    asked = made_up_program.MadeUpProgram()
    with mock.patch.object(programs, "Program", lambda _: asked), \
        mock.patch.object(main.measure.counting, "count",
                          made_up_program.made_up_count), \
        contextlib.redirect_stderr(io.StringIO()):
      self._main("--program=x", "--quick", "--workload=idle",
                 "--workload=echo")
    self.assertEqual({case.split("/")[0] for case, _, _ in asked.asked},
                     {"idle", "echo"})
