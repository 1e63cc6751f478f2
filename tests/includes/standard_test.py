"""That the check of the standard finds what it is for."""

import pathlib
import tempfile
import unittest

from includes import standard

CHECK = ('#if __cplusplus < 201703L\n#error "event_selector needs C++17"\n#endif\n')


class StandardTest(unittest.TestCase):

  def check(self, files):
    with tempfile.TemporaryDirectory() as folder:
      for name, text in files.items():
        path = pathlib.Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
      return standard.check(pathlib.Path(folder))

  def test_a_header_may_say_it_through_another(self):
    count, wrong = self.check({
        "event/a.h": '#include "absl/what/is/missing.h"\n#include "event/internal/b.h"\n',
        "event/testing/c.h": '#include "event/a.h"\n',
        "event/internal/b.h": CHECK,
    })
    self.assertEqual(count, 2)
    self.assertEqual(wrong, [])

  def test_a_header_that_does_not_say_it(self):
    _, wrong = self.check({"event/a.h": CHECK, "event/b.h": "int b;\n"})
    self.assertEqual(wrong, ["event/b.h does not include event/internal/cxx17.h"])

  def test_another_error_is_not_enough(self):
    _, wrong = self.check({"event/a.h": "#if __cplusplus < 201703L\n#error old\n#endif\n"})
    self.assertEqual(len(wrong), 1)

  def test_what_cxx17_refuses(self):
    _, wrong = self.check({"event/a.h": '#error "event_selector needs C++17"\n'})
    self.assertEqual(len(wrong), 1)
    self.assertIn("is no C++17", wrong[0])

  def test_no_headers_are_no_proof(self):
    with tempfile.TemporaryDirectory() as folder:
      self.assertEqual(standard.main([folder]), 1)


if __name__ == "__main__":
  unittest.main()
