import unittest

from report import markers

_PAGE = """Before.
<!-- report: one -->
old
<!-- end of report: one -->
Between.
<!-- report: two -->
<!-- end of report: two -->
After.
"""


class ReplaceBlockTest(unittest.TestCase):

  def test_replaces_the_named_place_only(self):
    text = markers.replace_block(_PAGE, "one", "new \\1\n")
    self.assertEqual(text, _PAGE.replace("old\n", "\nnew \\1\n\n"))

  def test_fills_an_empty_place(self):
    text = markers.replace_block(_PAGE, "two", "new")
    self.assertIn("<!-- report: two -->\n\nnew\n\n<!-- end of", text)

  def test_changes_nothing_the_second_time(self):
    text = markers.replace_block(_PAGE, "one", "new")
    self.assertEqual(markers.replace_block(text, "one", "new"), text)

  def test_refuses_a_page_without_the_place(self):
    with self.assertRaisesRegex(ValueError, "three"):
      markers.replace_block(_PAGE, "three", "new")

  def test_refuses_a_place_that_is_there_twice(self):
    with self.assertRaisesRegex(ValueError, "one"):
      markers.replace_block(_PAGE + _PAGE, "one", "new")
