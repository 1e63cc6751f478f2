import unittest

from report import bars
from report import fitness
from report import intervals
from report import made_up_samples
from report import peers
from report import samples
from report import summary as summaries
from report import words


def _bar(verdict, where="here", measured=1.0):
  return bars.Bar("chain", where, "selector", "at most 1.02",
                  intervals.Interval(measured, measured - 0.1, measured + 0.1,
                                     21), verdict)


class BarSentencesTest(unittest.TestCase):

  def test_all_reached(self):
    self.assertEqual(
        words.bar_sentences([_bar(bars.Verdict.REACHED)] * 2),
        ["Selector, at most 1.02: reached in all 2 cases."])
    self.assertEqual(
        words.bar_sentences([_bar(bars.Verdict.REACHED)]),
        ["Selector, at most 1.02: reached, 1.000 (0.900 to 1.100)."])

  def test_names_every_case_that_is_not_reached(self):
    self.assertEqual(
        words.bar_sentences([
            _bar(bars.Verdict.REACHED), _bar(bars.Verdict.MISSED, "A", 2),
            _bar(bars.Verdict.UNDECIDED, "B", 1.03)]),
        ["Selector, at most 1.02: reached in 1 of 3 cases; missed with A, 2.000 "
         "(1.900 to 2.100); not decided with B, 1.030 (0.930 to 1.130)."])


class UnfitSentencesTest(unittest.TestCase):

  def test_nothing_is_said_of_what_passed(self):
    self.assertEqual(words.unfit_sentences(
        [fitness.check_quiet("idle", "before", 0)]), [])

  def test_the_build(self):
    sentences = words.unfit_sentences([fitness.check_build({})])
    self.assertEqual(len(sentences), 1)
    self.assertIn("not optimised", sentences[0])

  def test_one_sentence_for_each_kind(self):
    checks = [fitness.check_quiet(f"case{i}", "during", i) for i in range(9)]
    sentences = words.unfit_sentences(checks)
    self.assertEqual(len(sentences), 1)
    self.assertIn("during 8 of 9 cases", sentences[0])
    self.assertIn("case1: Other processes used 1.00 CPUs;", sentences[0])
    self.assertIn("and 5 more", sentences[0])


class NoiseSentenceTest(unittest.TestCase):

  def test_names_the_worst_case_and_those_that_are_unfit(self):
    run = made_up_samples.make_run()
    summary = summaries.Summary(run)
    self.assertRegex(words.noise_sentence(summary, "chain"),
                     r"^Raw epoll again is at most 0\.\d % off raw epoll \(.*\)"
                     r"\.$")
    run.checks.append(fitness.check_quiet(
        made_up_samples.CASES[1].name(), "during", 1))
    self.assertIn("not fit to judge 1,000 handles, 1 active",
                  words.noise_sentence(summary, "chain"))


class PeerSentencesTest(unittest.TestCase):

  def test_one_for_each_peer(self):
    summary = summaries.Summary(made_up_samples.make_run())
    sentences = words.peer_sentences(peers.compare(summary))
    self.assertEqual(len(sentences), 4)
    count = len(made_up_samples.CASES)
    self.assertEqual(
        sentences[0], f"libevent: Selector is ahead in {count} of {count} "
        "cases, level in 0, behind in 0.")


class ModeSentencesTest(unittest.TestCase):

  def test_tells_each_mode_against_level(self):
    run = made_up_samples.make_run()
    run.samples += [
        made_up_samples.make_sample(
            samples.Case("modes", (("mode", mode), ("pairs", 16))), "selector",
            number)
        for mode in ("level", "edge_oneshot") for number in range(21)]
    sentences = words.mode_sentences(summaries.Summary(run))
    self.assertEqual(len(sentences), 3)
    self.assertRegex(sentences[0],
                     r"^Edge, CPU time against level: [01]\.\d+ \(.*\) with")
    self.assertRegex(sentences[2], r"^Edge\|oneshot, .*\) with 16 pairs\.$")


class MachineSentenceTest(unittest.TestCase):

  def test_tells_all(self):
    self.assertEqual(
        words.machine_sentence({"cpu": "C", "cores": 2, "optimized": True,
                                "libraries": {"libev": "4.33", "x": "1"}}),
        "cpu: C; cores: 2; optimized: yes; libraries: libev 4.33, x 1.")
