"""The CMake build's lists of the library's files, made from the BUILD files."""

import pathlib
import re
import typing

import build_files

# A library's public targets: those named, or all of a package. What two of them
# contain is part of the first.
LIBRARIES = {
    "EVENT_SELECTOR": "//event:all",
    "EVENT_SELECTOR_INSTRUMENTED_SELECTOR": (
        "//event:histogram", "//event:instrumented_selector",
        "//event:selector_statistics"),
    "EVENT_SELECTOR_TESTING": "//event/testing:all",
}

# What CMake calls the targets of other projects. Of Abseil only those that have
# another name there.
OTHERS = {
    "@com_google_absl//absl/flags:flag": "absl::flags",
    "@com_google_absl//absl/flags:parse": "absl::flags_parse",
    # Headers, of which no library is installed.
    "@com_google_absl//absl/hash:hash_testing": "absl::hash",
    "@com_google_absl//absl/random:random": "absl::random_random",
    # Found by pkg-config: packages.cmake.
    "@liburing//:liburing": "PkgConfig::liburing",
    "@com_google_googletest//:gtest": "GTest::gmock",
    "@com_google_googletest//:gtest_main": "GTest::gtest_main",
}

# The one that has the backend.
MAIN = "EVENT_SELECTOR"

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


class OnSystems:
  """A set of which the items are there on some systems only."""

  def __init__(self):
    self.systems = {}

  def add(self, item: str, system: str):
    self.systems.setdefault(item, set()).add(system)

  def without(self, *others) -> "OnSystems":
    rest = OnSystems()
    for item, systems in self.systems.items():
      left = systems.difference(*(each.systems.get(item, ()) for each in others))
      if left:
        rest.systems[item] = left
    return rest

  def groups(self) -> list:
    """Pairs of systems and the items that are there on just these."""
    groups = {}
    for item, systems in self.systems.items():
      groups.setdefault(tuple(sorted(systems)), []).append(item)
    # First what is there on most systems.
    return [(systems, sorted(groups[systems]))
            for systems in sorted(groups, key=lambda each: (-len(each), each))]

  def text(self, name: str) -> str:
    """Commands of CMake that set the variable `name`."""
    text = f"set({name})\n"
    for systems, items in self.groups():
      lines = "".join(f"  {item}\n" for item in items)
      if len(systems) == len(build_files.SYSTEMS):
        text = f"set({name}\n{lines})\n"
      else:
        text += f"if({condition(systems)})\nlist(APPEND {name}\n{lines})\nendif()\n"
    return text


def condition(systems: typing.Collection) -> str:
  if len(systems) == len(build_files.SYSTEMS):
    return "TRUE"
  if "other" in systems:
    rest = sorted(set(build_files.SYSTEMS) - set(systems))
    return f'NOT EVENT_SELECTOR_SYSTEM MATCHES "^({"|".join(rest)})$"'
  return f'EVENT_SELECTOR_SYSTEM MATCHES "^({"|".join(sorted(systems))})$"'


def cmake_name(label: str) -> str:
  """What CMake calls a target of another project."""
  if label in OTHERS:
    return OTHERS[label]
  if label.startswith("@com_google_absl//"):
    return "absl::" + label.split(":")[1]
  raise KeyError(f"OTHERS in cmake/library_lists.py has no name for {label}")


def public_targets(workspace: build_files.Workspace) -> dict:
  """The labels of the public targets of each library."""
  named = {label for labels in LIBRARIES.values() if not isinstance(labels, str)
           for label in labels}
  roots = {}
  for library, labels in LIBRARIES.items():
    if isinstance(labels, str):
      package = workspace.package(labels[2:].split(":")[0])
      labels = [label for label, target in sorted(package.items())
                if target.is_public() and label not in named
                # Brings the backend, which is a list of its own.
                and label != "//event:selector"]
    roots[library] = list(labels)
  return roots


class Contents:
  """What a library consists of: `roots`, which users see, and `hidden` ones."""

  def __init__(self, workspace: build_files.Workspace, roots: list, hidden=()):
    self.sources = OnSystems()
    self.headers = OnSystems()
    self.all_others = OnSystems()
    # Of other projects, what users compile against.
    self.public_others = OnSystems()
    for system in build_files.SYSTEMS:
      there = [label for label in roots if workspace.target(label).is_for(system)]
      targets = workspace.closure(
          there + [label for label in hidden if workspace.target(label).is_for(system)], system)
      wrong = [target.label for target in targets if not target.is_for(system)]
      if wrong:
        raise ValueError(f"{wrong[0]} is not for {system}, and what depends on it is")
      headers = reached(workspace.root, {
          header for label in there
          for header in workspace.target(label).files("hdrs", system)})
      for header in headers:
        self.headers.add(header, system)
      for target in targets:
        for source in target.files("srcs", system):
          if source.endswith(".cc"):
            self.sources.add(source, system)
        is_seen = headers.intersection(target.files("hdrs", system))
        for dep in target.deps(system):
          if dep.startswith("@"):
            self.all_others.add(cmake_name(dep), system)
            if is_seen:
              self.public_others.add(cmake_name(dep), system)


def reached(root: pathlib.Path, headers: set) -> set:
  """These headers, and those of the library that they include."""
  found, left = set(), set(headers)
  while left:
    header = left.pop()
    if header not in found:
      found.add(header)
      text = (root / header).read_text(encoding="utf-8")
      left.update(each for each in INCLUDE.findall(text) if each.startswith("event/"))
  return found


def default_selectors(workspace: build_files.Workspace) -> dict:
  """The target of each backend that is linked into a program, by its name."""
  selected = workspace.target("//backends:selected").attributes["actual"].parts[0]
  return {name: build_files.absolute(selected[f":use_{name}"], "//backends:selected")
          for name in workspace.target("//backends:backend").attributes["values"]
          if name != "auto"}


def frame(workspace: build_files.Workspace) -> list:
  """What the backends take from //event, so that no list has it twice."""
  return sorted({target.label for system in build_files.SYSTEMS
                 for target in workspace.closure(default_selectors(workspace).values(), system)
                 if target.label.startswith("//event:")})


def libraries(workspace: build_files.Workspace) -> dict:
  return {library: Contents(workspace, roots, frame(workspace) if library == MAIN else ())
          for library, roots in public_targets(workspace).items()}


def library_lists(workspace: build_files.Workspace) -> str:
  text, before = "", []
  for library, contents in libraries(workspace).items():
    sources = contents.sources.without(*(each.sources for each in before))
    headers = contents.headers.without(*(each.headers for each in before))
    text += f"\n# The library {library.lower()}.\n"
    text += sources.text(f"{library}_SOURCES")
    text += headers.text(f"{library}_HEADERS")
    text += contents.public_others.text(f"{library}_PUBLIC_DEPS")
    text += contents.all_others.without(contents.public_others).text(f"{library}_PRIVATE_DEPS")
    before.append(contents)
  return text


def backend_lists(workspace: build_files.Workspace) -> str:
  """For each backend its sources: none where it cannot be built."""
  names = workspace.target("//backends:backend").attributes["values"]
  main = libraries(workspace)[MAIN]
  text = f"\n# What EVENT_SELECTOR_BACKEND may be.\nset(EVENT_SELECTOR_BACKENDS {' '.join(names)})\n"
  text += "\n# What `auto` stands for.\nset(EVENT_SELECTOR_AUTO)\n"
  for name in default_selectors(workspace):
    systems = auto_systems(workspace, name)
    if systems:
      text += f"if({condition(systems)})\n  set(EVENT_SELECTOR_AUTO {name})\nendif()\n"
  for name, label in default_selectors(workspace).items():
    contents = Contents(workspace, [label])
    text += f"\n# The backend {name}.\n"
    text += contents.sources.without(main.sources).text(f"EVENT_SELECTOR_{name}_SOURCES")
    text += contents.all_others.without(main.all_others).text(f"EVENT_SELECTOR_{name}_DEPS")
  return text


def auto_systems(workspace: build_files.Workspace, backend: str) -> list:
  systems = []
  for setting in workspace.target(f"//backends:use_{backend}").attributes["match_any"]:
    values = workspace.target("//backends" + setting).attributes.get("constraint_values", [])
    systems += [value.split(":")[1].replace("osx", "macos") for value in values]
  return systems
