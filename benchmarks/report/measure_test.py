import contextlib
import dataclasses
import io
import unittest
from unittest import mock

from report import fitness
from report import made_up_program
from report import made_up_samples
from report import measure
from report import names
from report import plan as plans
from report import samples

_PLAN = plans.Plan("test", pairs=7, min_time_ms=1, rehearsals=5, attempts=2,
                   counts_all=True)


class MeasurementTest(unittest.TestCase):

  def setUp(self):
    # No time passes, and nobody else has any.
    self._cpu_times = fitness.CpuTimes(0, 0)
    for name, value in (("read_cpu_times", lambda: self._cpu_times),
                        ("own_cpu_seconds", lambda: 0)):
      self._patch(measure.fitness, name, value)
    self._patch(measure.time, "sleep", self._sleep)
    self._patch(measure.counting, "count", made_up_program.made_up_count)
    self._busy = 0.0
    self._slept = []

  def _patch(self, where, name, value):
    patched = mock.patch.object(where, name, value)
    patched.start()
    self.addCleanup(patched.stop)

  def _sleep(self, seconds):
    self._slept.append(seconds)
    more = self._busy * 1e6
    self._cpu_times = fitness.CpuTimes(self._cpu_times.busy + more,
                                       self._cpu_times.by_processes)

  def _measured(self, program=None, plan=_PLAN):
    program = program or made_up_program.MadeUpProgram()
    run = samples.Run()
    listing = program.list()
    with contextlib.redirect_stderr(io.StringIO()) as errors:
      measurement = measure.Measurement(program, plan, run, listing.cases,
                                        listing.contestants)
      measurement.measure()
      measurement.count()
      measurement.close()
    self._errors = errors.getvalue()
    return run

  def _failed(self, run, kind):
    return [check for check in run.checks
            if check.kind == kind and not check.passed]

  def test_measures_all_that_works_and_tells_of_what_does_not(self):
    run = self._measured()
    works = [case for case in made_up_samples.CASES
             if case.name() != made_up_program.BROKEN]
    self.assertEqual(len(run.samples),
                     len(works) * 7 * len(made_up_samples.CONTESTANTS))
    self.assertEqual(run.machine, made_up_samples.MACHINE)
    broken = [check for check in self._failed(run, fitness.WORKS)
              if check.case == made_up_program.BROKEN]
    self.assertEqual([check.finding for check in broken], ["it broke"])
    self.assertIn("it broke", self._errors)

  def test_counts_every_contestant_once(self):
    run = self._measured()
    cases = len(made_up_samples.CASES) - 1
    self.assertEqual({count.contestant for count in run.counts},
                     set(made_up_samples.CONTESTANTS)
                     - {names.BASELINE_AGAIN, "poll", "asio"})
    self.assertEqual(len(run.counts), 5 * cases)
    broken = [check for check in self._failed(run, fitness.WORKS)
              if check.finding == "it broke, too"]
    self.assertEqual(len(broken), cases)

  def test_a_quick_run_counts_what_the_verdicts_need(self):
    run = self._measured(plan=dataclasses.replace(_PLAN, counts_all=False))
    counted = {(count.workload, count.contestant) for count in run.counts}
    self.assertLess({("ready_batch", names.BASELINE),
                     ("ready_batch", names.LIBRARY), ("chain", "libev")},
                    counted)
    self.assertNotIn(("chain", "libevent"), counted)

  def test_a_quiet_machine_passes_every_check(self):
    run = self._measured()
    self.assertEqual(self._failed(run, fitness.QUIET), [])
    self.assertEqual(self._failed(run, fitness.NOISE), [])
    self.assertEqual(self._failed(run, fitness.BUILD), [])
    kinds = [(check.kind, check.when) for check in run.checks
             if check.case == made_up_samples.CASES[0].name()]
    self.assertEqual(kinds, [(fitness.QUIET, "before"),
                             (fitness.NOISE, "before"),
                             (fitness.QUIET, "during"),
                             (fitness.NOISE, "during")])

  def test_rehearses_with_raw_epoll_alone(self):
    program = made_up_program.MadeUpProgram()
    self._measured(program)
    self.assertEqual(
        program.asked[:2],
        [(made_up_samples.CASES[0].name(),
          (names.BASELINE, names.BASELINE_AGAIN), 5),
         (made_up_samples.CASES[0].name(), made_up_samples.CONTESTANTS, 7)])

  def test_waits_for_a_quieter_moment_and_then_says_so(self):
    self._busy = 1
    run = self._measured()
    cases = len(made_up_samples.CASES)
    # The broken case fails before anything is found out.
    self.assertEqual(len(self._failed(run, fitness.QUIET)), cases - 1)
    moments = [s for s in self._slept if s == measure.MOMENT_SECONDS]
    self.assertEqual(len(moments), 2 * (cases - 1) + 1)
    self.assertIn("Other processes used", self._errors)

  def test_noise_is_told(self):
    run = self._measured(made_up_program.MadeUpProgram(noise=0.3))
    self.assertTrue(self._failed(run, fitness.NOISE))
    self.assertIn("of its own CPU time", self._errors)
