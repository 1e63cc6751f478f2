import unittest

from docs import code_blocks

_SOURCE = """
int before;
// [begin the sum]
int Sum(int a, int b) {
  return a + b;
}
// [end]
  // [begin its use]
  int three = Sum(1, 2);
  if (three != 3) {
    Fail();
  }
  // [end]
int after;
"""

_SUM = """int Sum(int a, int b) {
  return a + b;
}
"""

_USE = """int three = Sum(1, 2);
if (three != 3) {
  Fail();
}
"""


def _block(text, language="cpp"):
  return f"```{language}\n{text}```\n"


def _problems(page, source=_SOURCE):
  return code_blocks.problems({"page.md": page}, {"source.cc": source})


class CodeBlocksTest(unittest.TestCase):

  def test_what_is_marked_may_be_shown_without_its_indentation(self):
    self.assertEqual(_problems("Text\n\n" + _block(_SUM) + _block(_USE)), [])

  def test_a_block_in_a_list_may_be_indented(self):
    page = "".join("   " + line for line in _block(_SUM).splitlines(keepends=True))
    self.assertEqual(_problems("1. Text\n\n" + page + _block(_USE)), [])

  def test_a_block_that_is_not_compiled(self):
    found = _problems(_block(_SUM) + _block(_USE) + _block("int Other();\n"))
    self.assertEqual(len(found), 1)
    self.assertIn("page.md:12", found[0])

  def test_a_block_that_differs_is_shown_beside_the_source(self):
    found = _problems(_block(_SUM.replace("a + b", "b + a")) + _block(_USE))
    self.assertIn("-  return a + b;\n+  return b + a;\n", found[0])

  def test_a_space_is_a_difference(self):
    self.assertEqual(len(_problems(_block(_SUM.replace("a, int", "a,  int")) + _block(_USE))), 2)

  def test_every_name_of_the_language_counts(self):
    for language in ["c++", "cc", "CPP", "cpp ", "h"]:
      found = _problems(_block(_SUM) + _block(_USE) + _block("int Other();\n", language))
      self.assertEqual(len(found), 1, language)

  def test_other_languages_do_not(self):
    self.assertEqual(
        _problems(_block(_SUM) + _block(_USE) + _block("let sum = a + b;\n", "rust")), [])

  def test_a_block_has_to_say_its_language(self):
    found = _problems(_block(_SUM) + _block(_USE) + _block("int Other();\n", ""))
    self.assertEqual(found, ["page.md:12: a block must say its language, such as ```cpp or ```text"])

  def test_tildes_are_a_fence_too(self):
    self.assertEqual(
        len(_problems(_block(_SUM) + _block(_USE) + "~~~cpp\nint Other();\n~~~\n")), 1)

  def test_a_longer_fence_holds_shorter_ones(self):
    self.assertEqual(
        _problems(_block(_SUM) + _block(_USE) + "````text\n```cpp\nint Other();\n```\n````\n"), [])

  def test_what_no_page_shows(self):
    self.assertEqual(_problems(_block(_SUM)), ["source.cc:8: no page shows \"its use\""])

  def test_halves_without_the_other(self):
    for source in ["// [begin a]\nint a;\n", "int a;\n// [end]\n",
                   "// [begin a]\n// [begin b]\n// [end]\n"]:
      self.assertEqual(len(_problems("", source)), 1, source)
    self.assertEqual(_problems("```cpp\nint a;\n"), ["page.md:1: a block without an end"])


if __name__ == "__main__":
  unittest.main()
