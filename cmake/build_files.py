"""Reads BUILD files: which targets there are, and what of them a system takes.

BUILD files are a subset of Python, so Python runs them, with functions of its
own for the rules. This needs no Bazel, and sees both sides of each select().
"""

import pathlib
import re
import typing

# "other" is one that no BUILD file names.
SYSTEMS = ("android", "freebsd", "ios", "linux", "macos", "openbsd", "qnx",
           "windows", "other")
LIBRARIES_OF_OTHERS = "@"


class Select:
  """A list of which parts depend on the system: lists, and dicts of lists."""

  def __init__(self, *parts):
    self.parts = parts

  def __add__(self, other):
    return Select(*self.parts, *parts_of(other))

  def __radd__(self, other):
    return Select(*parts_of(other), *self.parts)

  def on(self, system: str) -> list:
    items = []
    for part in self.parts:
      items += part if isinstance(part, list) else choose(part, system)
    return items


def parts_of(value) -> tuple:
  return value.parts if isinstance(value, Select) else (list(value),)


# Conditions of a select() besides the systems of @platforms, with the system
# that each means. (What differs for MSVC are options, which CMake has itself.)
CONDITIONS = {
    "//bazel:windows": "windows",
    "//bazel:windows_msvc": None,
}


def choose(branches: dict, system: str):
  """What a select() gives on the system."""
  for condition, value in branches.items():
    label = condition.replace("@event_selector//", "//")
    if label in CONDITIONS:
      if CONDITIONS[label] == system:
        return value
    elif label.startswith("@platforms//os:"):
      # It has two names for macOS.
      if label.split(":")[1].replace("osx", "macos") == system:
        return value
    elif label != "//conditions:default":
      raise ValueError(f"CONDITIONS in cmake/build_files.py does not say what {condition} is")
  return branches.get("//conditions:default", [])


class Target(typing.NamedTuple):
  """A rule of a BUILD file, with its attributes as they are written there."""

  label: str
  kind: str
  attributes: dict

  def get(self, attribute: str, system: str) -> list:
    value = self.attributes.get(attribute) or []
    return value.on(system) if isinstance(value, Select) else list(value)

  def files(self, attribute: str, system: str) -> list:
    """Paths of the files that it names, from the root of the checkout."""
    package = self.label[2:].split(":")[0]
    return [f"{package}/{file.lstrip(':')}" for file in self.get(attribute, system)]

  def deps(self, system: str) -> list:
    # The backend, which follows a flag, is not the system's.
    if self.kind == "alias" and self.label != "//backends:selected":
      actual = self.attributes["actual"]
      if isinstance(actual, Select):
        actual = choose(actual.parts[0], system)
      return [absolute(actual, self.label)]
    return [absolute(dep, self.label) for dep in self.get("deps", system)]

  def is_for(self, system: str) -> bool:
    names = {"@platforms//os:" + system}
    if system == "macos":
      names.add("@platforms//os:osx")
    return all(each in names for each in self.get("target_compatible_with", system))

  def is_public(self) -> bool:
    return "//visibility:public" in (self.attributes.get("visibility") or [])


def absolute(label: str, where: str) -> str:
  """`label` in full, as the package of the label `where` writes it."""
  if label.startswith(":"):
    return where.split(":")[0] + label
  if label.startswith("@") and "/" not in label:
    return f"{label}//:{label[1:]}"
  if ":" not in label:
    return f"{label}:{label.split('/')[-1]}"
  return label


class Workspace:
  """The targets of a checkout. Reads a BUILD file when it is asked for."""

  def __init__(self, root: pathlib.Path):
    self.root = root
    self.packages = {}

  def package(self, name: str) -> dict:
    """The targets of the package by their labels."""
    if name not in self.packages:
      targets = self.packages[name] = {}

      def add(kind, attributes):
        label = f"//{name}:{attributes['name']}"
        targets[label] = Target(label, kind, attributes)

      self.run(f"{name}/BUILD.bazel", name, add)
    return self.packages[name]

  def target(self, label: str) -> Target:
    package = self.package(label[2:].split(":")[0])
    if label not in package:
      raise KeyError(f"there is no {label}")
    return package[label]

  def closure(self, labels: list, system: str) -> list:
    """The targets that `labels` depend on, with themselves, sorted.

    Those of others are left out, and the backend.
    """
    found, left = {}, list(labels)
    while left:
      label = left.pop()
      if label in found or label.startswith(LIBRARIES_OF_OTHERS):
        continue
      found[label] = self.target(label)
      left += found[label].deps(system)
    return [found[label] for label in sorted(found)]

  def run(self, path: str, package: str, add: typing.Callable) -> dict:
    """Runs a BUILD or .bzl file and returns what it defines."""

    def rule(kind):
      return lambda **attributes: add(kind, attributes)

    def glob(include, exclude=()):
      folder = self.root / package
      paths = {each for pattern in include for each in folder.glob(pattern)}
      return sorted(each.relative_to(folder).as_posix() for each in paths
                    if not any(each.match(pattern) for pattern in exclude))

    def load(label, *names, **renamed):
      symbols = {**{name: name for name in names}, **renamed}
      if label.startswith("@bazel_skylib//lib:selects"):
        known = {"selects": Selects(rule("config_setting_group"))}
      elif label.startswith("@") or label == "//bazel:scripts.bzl":
        known = {name: rule(name) for name in symbols.values()}
      else:
        file = absolute(label, f"//{package}:")
        file = re.sub("^//([^:]*):", r"\1/", file)
        known = self.run(file, package, add)
      scope.update({name: known[symbol] for name, symbol in symbols.items()})

    scope = {
        "alias": rule("alias"),
        "config_setting": rule("config_setting"),
        "exports_files": lambda *_, **__: None,
        "filegroup": rule("filegroup"),
        "glob": glob,
        "licenses": lambda _: None,
        "load": load,
        "package": lambda **_: None,
        "select": lambda branches, **_: Select(branches),
    }
    text = (self.root / path).read_text(encoding="utf-8")
    exec(compile(text, path, "exec"), scope)  # pylint: disable=exec-used
    return scope


class Selects:

  def __init__(self, config_setting_group):
    self.config_setting_group = config_setting_group
