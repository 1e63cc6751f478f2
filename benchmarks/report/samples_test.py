import json
import unittest

from report import counts
from report import fitness
from report import made_up_samples
from report import samples

_RECORD = {"workload": "chain", "parameters": {"handles": 1000, "active": 1},
           "contestant": "libev", "round": 3, "unit": "event",
           "operations": 500, "events": 400, "waits": None, "cpu_ns": 1000,
           "wall_ns": 2000, "p99_ns": 7}


class ParseSampleTest(unittest.TestCase):

  def test_takes_what_the_program_prints(self):
    sample = samples.parse_sample(_RECORD)
    self.assertEqual(sample.case.name(), "chain/handles:1000/active:1")
    self.assertEqual(sample.contestant, "libev")
    self.assertEqual(sample.round, 3)
    self.assertIsNone(sample.waits)
    self.assertEqual(sample.cpu_per_operation(), 2)
    self.assertEqual(sample.wall_per_operation(), 4)
    self.assertEqual(sample.extra, {"p99_ns": 7})

  def test_refuses_what_is_no_sample(self):
    for key, value in (("cpu_ns", None), ("cpu_ns", "1"), ("cpu_ns", -1),
                       ("cpu_ns", 0), ("operations", 0), ("wall_ns", 0),
                       ("parameters", 3)):
      with self.subTest(key=key, value=value):
        with self.assertRaises(samples.BadLine):
          samples.read([json.dumps({**_RECORD, key: value})])
    for key in _RECORD.keys() - {"p99_ns"}:
      with self.subTest(missing=key):
        record = {k: v for k, v in _RECORD.items() if k != key}
        with self.assertRaises(samples.BadLine):
          samples.read([json.dumps(record)])


class LabelTest(unittest.TestCase):

  def test_reads_well(self):
    for parameters, label in (
        ({"handles": 1000, "active": 1}, "1,000 handles, 1 active"),
        ({"handles": 1}, "1 handle"),
        ({"form": "ping_pong", "cores": "one"}, "ping pong, on one core"),
        ({"mode": "edge_oneshot", "pairs": 16}, "edge|oneshot, 16 pairs")):
      self.assertEqual(
          samples.Case("any", tuple(parameters.items())).label(), label)

  def test_without_parameters_it_is_the_workload(self):
    self.assertEqual(samples.Case("ready_batch").label(), "ready batch")


class ReadTest(unittest.TestCase):

  def test_takes_back_what_write_wrote(self):
    run = made_up_samples.make_run(rounds=2)
    run.checks.append(fitness.Check(fitness.QUIET, False, "Busy.", "idle",
                                    "during"))
    run.counts.append(counts.Count("idle", {}, "selector", 10, 0))
    again = samples.read(samples.write(run))
    self.assertEqual(again, run)

  def test_names_the_line_that_is_bad(self):
    with self.assertRaisesRegex(samples.BadLine, "line 3"):
      samples.read([json.dumps({"machine": {}}), "\n", "nonsense"])
    with self.assertRaisesRegex(samples.BadLine, "line 1"):
      samples.read([json.dumps([1, 2])])
