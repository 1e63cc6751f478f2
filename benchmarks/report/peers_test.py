import dataclasses
import unittest

from report import made_up_samples
from report import names
from report import peers
from report import summary as summaries


class CompareTest(unittest.TestCase):

  def _find(self, run, peer):
    found = [c for c in peers.compare(summaries.Summary(run)) if c.peer == peer]
    self.assertEqual(len(found), len(made_up_samples.CASES))
    return found

  def test_tells_who_is_ahead(self):
    run = made_up_samples.make_run()
    # libuv as fast as this library, by the same samples.
    own = {(s.case, s.round): s.cpu_ns for s in run.samples
           if s.contestant == names.LIBRARY}
    run.samples = [
        dataclasses.replace(s, cpu_ns=own[s.case, s.round])
        if s.contestant == "libuv" else s for s in run.samples]
    for peer, standing in (("libevent", peers.Standing.AHEAD),
                           ("libuv", peers.Standing.LEVEL),
                           ("libev", peers.Standing.BEHIND)):
      self.assertEqual({c.standing for c in self._find(run, peer)}, {standing})

  def test_too_few_rounds_put_nobody_ahead(self):
    run = made_up_samples.make_run(rounds=5)
    self.assertEqual({c.standing for c in self._find(run, "libev")},
                     {peers.Standing.LEVEL})

  def test_tells_what_was_counted_of_who_is_ahead(self):
    why = self._find(made_up_samples.make_run(), "libev")[0].why
    self.assertIn("as many system calls", why)
    self.assertIn("In user space it runs 26 instructions, Selector 32.", why)

  def test_names_the_calls_that_differ(self):
    run = made_up_samples.make_run()
    run.counts = [
        dataclasses.replace(c, system_calls={**c.system_calls,
                                             "epoll_ctl": c.operations / 2})
        if c.contestant == names.LIBRARY else c for c in run.counts]
    for comparison in self._find(run, "libev"):
      self.assertIn("fewer system calls", comparison.why)
      self.assertIn("(epoll_ctl 0.00 against 0.50)", comparison.why)

  def test_admits_that_nothing_was_counted(self):
    run = made_up_samples.make_run()
    run.counts = []
    self.assertIn("not counted", self._find(run, "libev")[0].why)

  def test_wants_counts_of_who_is_ahead_only(self):
    summary = summaries.Summary(made_up_samples.make_run())
    self.assertEqual(
        set(peers.needing_counts(summary)),
        {(case, contestant) for case in made_up_samples.CASES
         for contestant in ("libev", names.LIBRARY)})
