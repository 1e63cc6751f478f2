import dataclasses
import unittest

from report import bars
from report import fitness
from report import intervals
from report import made_up_samples
from report import names
from report import samples
from report import summary as summaries


def _interval(low, median, high):
  return intervals.Interval(median, low, high, 21)


class JudgeTest(unittest.TestCase):

  def test_the_median_decides(self):
    self.assertEqual(bars.judge(_interval(0.9, 1.02, 1.1), 1.02),
                     bars.Verdict.REACHED)
    self.assertEqual(bars.judge(_interval(1.03, 1.04, 1.05), 1.02),
                     bars.Verdict.MISSED)

  def test_an_interval_across_the_bar_does_not_decide(self):
    self.assertEqual(bars.judge(_interval(1.01, 1.04, 1.05), 1.02),
                     bars.Verdict.UNDECIDED)

  def test_nothing_is_decided_where_the_machine_was_not_fit(self):
    for median in (0.5, 2):
      self.assertEqual(
          bars.judge(_interval(median, median, median), 1.02, unfit=True),
          bars.Verdict.UNDECIDED)


class AllBarsTest(unittest.TestCase):

  def _bars(self, run):
    return bars.all_bars(summaries.Summary(run))

  def _run_with(self, costs, **counts_of):
    """A run in which `costs` replace those of some contestants, and in which
    the counts have other values."""
    old = dict(made_up_samples.COSTS)
    made_up_samples.COSTS.update(costs)
    self.addCleanup(made_up_samples.COSTS.update, old)
    run = made_up_samples.make_run()
    if counts_of:
      run.counts = [_changed(count, **counts_of) for count in run.counts]
    return run

  def _verdicts(self, run, what):
    found = {bar.verdict for bar in self._bars(run) if what in bar.what}
    self.assertTrue(found, what)
    return found

  def test_every_workload_has_its_limit(self):
    limits = {(bar.workload, bar.where): bar.what
              for bar in self._bars(made_up_samples.make_run())
              if "raw epoll's" in bar.what}
    self.assertIn("1.03", limits["ready_batch", "256 handles"])
    self.assertIn("1.03", limits["idle", "1,000 handles"])
    self.assertIn("0.85", limits["wake", "ping pong, on one core"])
    self.assertNotIn(("wake", "coalesced"), limits)
    self.assertIn("1.02", limits["echo", "64 bytes"])
    # Nor what epoll has nothing to compare with.
    self.assertFalse({"timers", "post"} & {workload for workload, _ in limits})
    self.assertEqual(len(limits), len(made_up_samples.CASES) - 3)

  def test_timers_are_compared_with_each_peer(self):
    what = "CPU time at most 0.6 of libev's"
    self.assertEqual(self._verdicts(self._run_with({names.LIBRARY: 0.4}), what),
                     {bars.Verdict.REACHED})
    self.assertEqual(self._verdicts(self._run_with({names.LIBRARY: 0.6}), what),
                     {bars.Verdict.MISSED})
    peers = {bar.what.split(" of ")[1]
             for bar in self._bars(made_up_samples.make_run())
             if bar.workload == "post" and "CPU time" in bar.what}
    self.assertEqual(peers, {"libevent's", "libuv's", "libev's", "Asio's"})

  def test_a_slower_library_misses(self):
    self.assertEqual(
        self._verdicts(self._run_with({names.LIBRARY: 1.01}), "at most 1.02"),
        {bars.Verdict.REACHED})
    self.assertEqual(
        self._verdicts(self._run_with({names.LIBRARY: 1.06}), "at most 1.02"),
        {bars.Verdict.MISSED})

  def test_a_loud_machine_decides_nothing_but_counts(self):
    run = made_up_samples.make_run()
    run.checks.append(fitness.check_build({}))
    for bar in self._bars(run):
      exact = "system calls" in bar.what or "instructions" in bar.what \
          or "memory" in bar.what
      self.assertEqual(bar.verdict == bars.Verdict.UNDECIDED, not exact, bar)

  def test_more_system_calls_miss(self):
    what = "no more system calls"
    self.assertEqual(self._verdicts(made_up_samples.make_run(), what),
                     {bars.Verdict.REACHED})
    run = self._run_with({}, system_calls=1.1)
    self.assertEqual(self._verdicts(run, what), {bars.Verdict.MISSED})

  def test_more_instructions_miss(self):
    for a_wait, an_event in ((49, 9), (51, 9), (49, 11)):
      run = self._run_with({names.LIBRARY: 1}, a_wait=a_wait, an_event=an_event)
      self.assertEqual(
          self._verdicts(run, "instructions a wait"),
          {bars.Verdict.REACHED if a_wait < 50 else bars.Verdict.MISSED})
      self.assertEqual(
          self._verdicts(run, "instructions an event"),
          {bars.Verdict.REACHED if an_event < 10 else bars.Verdict.MISSED})

  def test_memory_misses(self):
    run = made_up_samples.make_run()
    for sample in run.samples:
      if "bytes_per_registration" in sample.extra:
        sample.extra["bytes_per_registration"] = 1
    self.assertEqual(self._verdicts(run, "memory"), {bars.Verdict.MISSED})

  def test_idle_handles_that_cost_miss(self):
    run = made_up_samples.make_run()
    self.assertEqual(self._verdicts(run, "idle handles cost"),
                     {bars.Verdict.REACHED})
    run.samples = [_slower(sample, 1.2) if sample.case.parameter("idle") == 10000
                   else sample for sample in run.samples]
    self.assertEqual(self._verdicts(run, "idle handles cost"),
                     {bars.Verdict.MISSED})

  def test_a_pending_wake_has_nanoseconds(self):
    run = made_up_samples.make_run()
    self.assertEqual(self._verdicts(run, "20 ns"), {bars.Verdict.MISSED})
    run.samples = [_slower(sample, 0.015) for sample in run.samples]
    self.assertEqual(self._verdicts(run, "20 ns"), {bars.Verdict.REACHED})

  def test_a_single_waiter_has_limits_of_its_own(self):
    run = made_up_samples.make_run()
    for variant in ("read", "stays_ready", "late"):
      for handles in (1, 16):
        case = samples.Case("rearm", (("handles", handles),
                                      ("variant", variant)))
        run.samples += [made_up_samples.make_sample(case, contestant, number)
                        for contestant in (names.BASELINE, names.LIBRARY)
                        for number in range(21)]
    run.samples = [_renamed(sample, names.SINGLE_WAITER)
                   for sample in run.samples]
    limits = {bar.where: bar.what for bar in self._bars(run)
              if bar.workload == "rearm" and "raw epoll's" in bar.what}
    self.assertIn("0.75", limits["16 handles, read"])
    self.assertIn("0.35", limits["16 handles, stays ready"])
    self.assertIn("1.03", limits["16 handles, late"])
    self.assertIn("1.02", limits["1 handle, read"])

  def test_io_uring_has_limits_of_its_own(self):
    run = made_up_samples.make_run()
    for workload, parameters in (
        ("rearm", (("handles", 1), ("variant", "read"))),
        ("rearm", (("handles", 16), ("variant", "stays_ready"))),
        ("rearm", (("handles", 16), ("variant", "late"))),
        ("churn", (("form", "batches"),)),
        ("churn", (("form", "one_by_one"),)),
        ("churn", (("form", "add_remove"),)),
        ("chain", (("handles", 1000), ("active", 1), ("mode", "edge"))),
        ("echo", (("connections", 100), ("mode", "oneshot")))):
      case = samples.Case(workload, parameters)
      run.samples += [made_up_samples.make_sample(case, contestant, number)
                      for contestant in (names.BASELINE, names.LIBRARY)
                      for number in range(21)]
    run.samples = [_renamed(sample, names.IO_URING) for sample in run.samples]
    limits = {(bar.workload, bar.where): bar.what for bar in self._bars(run)
              if "raw epoll's" in bar.what}
    for key, limit in {
        ("rearm", "1 handle, read"): "1.02",
        ("rearm", "16 handles, read"): "0.70",
        ("rearm", "16 handles, stays ready"): "0.30",
        ("rearm", "16 handles, late"): "0.72",
        ("churn", "open fire close"): "0.72",
        ("churn", "batches"): "0.40",
        ("churn", "one by one"): "0.65",
        ("churn", "add remove"): "1.02",
        ("idle", "1,000 handles"): "0.05",
        ("chain", "1,000 handles, 1 active, edge"): "0.97",
        ("echo", "100 connections, oneshot"): "0.93",
        ("modes", "edge"): "1.02",
        ("modes", "level"): "1.02",
        ("ready_batch", "256 handles"): "1.03",
        ("wake", "ping pong, on one core"): "0.84"}.items():
      self.assertIn(f"at most {limit} ", limits[key], key)
    whats = {bar.what for bar in self._bars(run)}
    self.assertTrue(any("at most 15 ns" in what for what in whats))
    self.assertIn("at most 48 bytes of memory for each registration", whats)


def _changed(count, system_calls=1, a_wait=0, an_event=0):
  if count.contestant != names.LIBRARY:
    return count
  return dataclasses.replace(
      count,
      instructions=(count.instructions + a_wait * count.waits
                    + an_event * count.events),
      system_calls={name: calls * system_calls
                    for name, calls in count.system_calls.items()})


def _slower(sample, factor):
  return dataclasses.replace(sample, cpu_ns=sample.cpu_ns * factor)


def _renamed(sample, contestant):
  if sample.contestant != names.LIBRARY:
    return sample
  return dataclasses.replace(sample, contestant=contestant)
