"""That the check finds what it is for."""

import pathlib
import tempfile
import unittest

from includes import include_direction


class IncludeDirectionTest(unittest.TestCase):

  def check(self, files):
    with tempfile.TemporaryDirectory() as folder:
      for name, text in files.items():
        path = pathlib.Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
      return include_direction.check(pathlib.Path(folder))

  def test_the_right_way(self):
    tree = self.check({
        "event/selector.h": '#include "event/token.h"\n',
        "backends/epoll/a.cc": '#include <sys/epoll.h>\n#include "event/token.h"\n'
                               '#include "backends/posix/b.h"\n',
        "tests/epoll/a.cc": '#include "backends/epoll/a.h"\n',
    })
    self.assertEqual(tree.files, 3)
    self.assertEqual(tree.wrong, [])

  def test_event_includes_no_backend(self):
    for include in ('#include "backends/a.h"', '#include <backends/posix/a.h>',
                    '  #  include "backends/epoll/a.h"'):
      with self.subTest(include):
        tree = self.check({"event/testing/a.h": f"// First.\n{include}\n"})
        self.assertEqual(len(tree.wrong), 1)
        self.assertIn("event/testing/a.h", tree.wrong[0])

  def test_one_backend_includes_no_other(self):
    tree = self.check({"backends/poll/a.cc": '#include "backends/kqueue/b.h"\n'})
    self.assertEqual(len(tree.wrong), 1)

  def test_what_is_shared_includes_no_backend(self):
    tree = self.check({"backends/posix/a.cc": '#include "backends/poll/b.h"\n'})
    self.assertEqual(len(tree.wrong), 1)

  def test_examples_include_the_public_part_only(self):
    tree = self.check({
        "examples/a/b.cc": '#include "event/internal/b.h"\n#include "event/event.h"\n'
    })
    self.assertEqual(len(tree.wrong), 1)

  def test_a_comment_is_no_include(self):
    tree = self.check({"event/a.h": '// #include "backends/a.h"\n'})
    self.assertEqual(tree.wrong, [])

  def test_no_sources_are_no_proof(self):
    with tempfile.TemporaryDirectory() as folder:
      self.assertEqual(include_direction.main([folder]), 1)


if __name__ == "__main__":
  unittest.main()
