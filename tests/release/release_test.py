"""That a release's archive is what it says, and that versions are compared."""

import base64
import hashlib
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
import unittest

from release import versions

ARCHIVE = pathlib.Path(__file__).resolve().parents[2] / "release/archive"
FILES = {
    "event/version.h": "#define EVENT_SELECTOR_VERSION_MAJOR 1\n"
                       "#define EVENT_SELECTOR_VERSION_MINOR 2\n"
                       "#define EVENT_SELECTOR_VERSION_PATCH 3\n"
                       '#define EVENT_SELECTOR_VERSION_STRING "1.2.3"\n',
    "MODULE.bazel": 'module(\n    name = "event_selector",\n    version = "1.2.3",\n)\n',
    "CHANGELOG.md": "## [Unreleased]\n\n## [1.2.3] - 2026-01-01\n",
    "README.md": "find_package(event_selector 1.2 REQUIRED)\n",
    "docs/install.md": "find_package(event_selector 1.2 REQUIRED)\n",
    "tests/consumers/find_package/CMakeLists.txt": "find_package(event_selector 1.2 REQUIRED)\n",
}


class CheckoutTest(unittest.TestCase):
  """In a checkout of little more than the files that name the version."""

  def setUp(self):
    folder = tempfile.TemporaryDirectory()
    self.addCleanup(folder.cleanup)
    self.root = pathlib.Path(folder.name, "checkout")
    self.output = pathlib.Path(folder.name, "output")
    self.output.mkdir()
    for name, text in FILES.items():
      self.write(name, text)

  def write(self, name, text):
    path = self.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


class VersionsTest(CheckoutTest):

  def test_all_agree(self):
    self.assertEqual(versions.check(self.root), [])

  def test_each_place_is_looked_at(self):
    for name, text in FILES.items():
      if name == "CHANGELOG.md":
        continue
      with self.subTest(name):
        self.write(name, text.replace("1.2", "1.4"))
        self.assertNotEqual(versions.check(self.root), [])
        self.write(name, text)

  def test_the_numbers_are_looked_at(self):
    self.write("event/version.h", FILES["event/version.h"].replace("PATCH 3", "PATCH 4"))
    self.assertNotEqual(versions.check(self.root), [])

  def test_no_version_at_all(self):
    self.write("event/version.h", "")
    self.assertEqual(versions.check(self.root), ["event/version.h names no version"])


@unittest.skipUnless(shutil.which("git"), "there is no Git")
class ArchiveTest(CheckoutTest):

  def setUp(self):
    super().setUp()
    (self.root / "release").mkdir()
    shutil.copy(ARCHIVE, self.root / "release/archive")
    self.git("init", "--quiet")
    self.commit()

  def git(self, *arguments, **environment):
    subprocess.run(
        ["git", "-C", self.root, "-c", "user.name=A", "-c", "user.email=a@example.com", *arguments],
        check=True, stdout=subprocess.DEVNULL, env={**os.environ, "HOME": "/nowhere", **environment})

  def commit(self):
    self.git("add", "--all")
    self.git("commit", "--quiet", "--message=All")

  def archive(self, *arguments, **environment):
    return subprocess.run(
        [self.root / "release/archive", f"--output={self.output}", *arguments], check=False,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        env={**os.environ, "HOME": "/nowhere", **environment})

  def said(self, ran):
    self.assertEqual(ran.returncode, 0, ran.stderr)
    return dict(line.split(maxsplit=1) for line in ran.stdout.splitlines())

  def refused(self, ran, why):
    self.assertNotEqual(ran.returncode, 0)
    self.assertIn(why, ran.stderr)
    self.assertEqual(list(self.output.iterdir()), [])

  def test_it_has_what_was_committed(self):
    self.write("later.txt", "not committed")
    said = self.said(self.archive())
    self.assertEqual(pathlib.Path(said["archive"]), self.output / "event_selector-1.2.3.tar.gz")
    with tarfile.open(said["archive"]) as archive:
      names = {each.name for each in archive if each.isfile()}
    self.assertEqual(said["strip_prefix"], "event_selector-1.2.3")
    self.assertEqual(names, {f"event_selector-1.2.3/{name}" for name in (*FILES, "release/archive")})

  def test_the_checksums_are_the_archives(self):
    said = self.said(self.archive())
    digest = hashlib.sha256(pathlib.Path(said["archive"]).read_bytes())
    self.assertEqual(said["sha256"], digest.hexdigest())
    self.assertEqual(said["integrity"],
                     "sha256-" + base64.b64encode(digest.digest()).decode("ascii"))

  def test_the_same_commit_gives_the_same_bytes(self):
    first = self.said(self.archive())
    # At another time, in another place, by someone with other settings.
    os.utime(self.root / "MODULE.bazel", (0, 0))
    copy = self.root.parent / "copy"
    self.git("clone", "--quiet", self.root, copy)
    self.git("-C", copy, "config", "tar.umask", "user")
    self.root = copy
    old = os.umask(0o077)
    self.addCleanup(os.umask, old)
    second = self.said(self.archive(TZ="Asia/Tokyo", LC_ALL="C", GZIP=""))
    self.assertEqual(first["sha256"], second["sha256"])

  def test_an_older_commit(self):
    first = self.said(self.archive())
    self.write("later.txt", "committed")
    self.commit()
    self.assertNotEqual(self.said(self.archive())["sha256"], first["sha256"])
    self.assertEqual(self.said(self.archive("HEAD~1"))["sha256"], first["sha256"])

  def test_two_versions_are_refused(self):
    self.write("MODULE.bazel", FILES["MODULE.bazel"].replace("1.2.3", "1.2.4"))
    self.commit()
    self.refused(self.archive(), "MODULE.bazel says something else")

  def test_a_release_is_in_the_changelog(self):
    self.write("CHANGELOG.md", "## [Unreleased]\n")
    self.commit()
    self.refused(self.archive(), "CHANGELOG.md of HEAD has no section [1.2.3]")
    self.said(self.archive("--draft"))

  def test_an_unknown_commit_is_refused(self):
    self.refused(self.archive("v9"), "no commit v9")

  def test_an_unknown_option_is_refused(self):
    self.refused(self.archive("--final"), "no option --final")


if __name__ == "__main__":
  unittest.main()
