import json
import unittest

from report import counting
from report import program as programs

_OPERATIONS = 10_000  # The difference of the two runs that are made.


class _Shell(programs.Program):
  """Changes its folder as often as it is asked to. The loop that does that
  stands where `form` has %s."""

  def __init__(self, form: str = "%s"):
    super().__init__("")
    self._form = form

  def count_command(self, case, contestant, operations):
    record = json.dumps({"workload": case, "parameters": {"x": 1},
                         "contestant": contestant, "operations": operations,
                         "events": operations, "waits": None})
    loop = f"i=0; while [ $i -lt {operations} ]; do cd /; i=$((i + 1)); done"
    return ["sh", "-c", f"{self._form % loop}; echo '{record}'"]


class CountTest(unittest.TestCase):

  def test_counts_the_operations_and_nothing_else(self):
    count = counting.count(_Shell(), "idle", "someone", 1)
    self.assertEqual((count.workload, count.parameters, count.contestant),
                     ("idle", {"x": 1}, "someone"))
    self.assertEqual(count.operations, _OPERATIONS)
    self.assertIsNone(count.waits)
    self.assertEqual(count.system_calls["chdir"], _OPERATIONS)
    # What starts and ends the shell has cancelled out.
    self.assertNotIn("execve", count.system_calls)
    self.assertGreater(count.instructions_per_operation(), 100)

  def test_slow_operations_are_fewer(self):
    count = counting.count(_Shell(), "idle", "someone", 1e6)
    self.assertEqual(count.operations, _OPERATIONS / 10)

  def test_what_a_child_does_is_not_counted(self):
    count = counting.count(_Shell("(%s)"), "echo", "someone", 1)
    self.assertNotIn("chdir", count.system_calls)
    self.assertLess(count.instructions_per_operation(), 10)

  def test_who_takes_no_part_is_not_counted(self):
    class Absent(_Shell):

      def count_command(self, case, contestant, operations):
        return ["echo", '{"machine": {}}']

    self.assertIsNone(counting.count(Absent(), "idle", "someone", 1))

  def test_tells_why_the_program_failed(self):
    class Broken(_Shell):

      def count_command(self, case, contestant, operations):
        return ["sh", "-c", "echo because >&2; exit 1"]

    with self.assertRaisesRegex(programs.Failed, "^because$"):
      counting.count(Broken(), "idle", "someone", 1)
