"""The CMake build's list of tests, made from the BUILD files."""

import build_files
from library_lists import MAIN, OnSystems, cmake_name, condition, frame, public_targets

# Folders of tests, and the backend which has to be the selected one.
TESTS = {
    "tests/contract": None,
    "tests/epoll": "epoll",
    "tests/event": None,
    "tests/io_uring": "io_uring",
    "tests/iocp": "iocp",
    "tests/mailbox": None,
    "tests/poll": "poll",
    "tests/simulated": None,
    "tests/timers": None,
}

# A test with one of these is for Bazel only.
ONLY_BAZEL = ("args", "copts", "data", "env")


def is_for_cmake(target: build_files.Target) -> bool:
  return target.kind == "cc_test" and "manual" not in target.attributes.get("tags", []) and \
      not any(target.attributes.get(each) for each in ONLY_BAZEL)


class Names:
  """What CMake calls the targets of the BUILD files."""

  def __init__(self, workspace: build_files.Workspace):
    self.libraries = {}
    # What several have is part of the first.
    for library, roots in reversed(list(public_targets(workspace).items())):
      for target in workspace.closure(roots, "linux"):
        self.libraries[target.label] = library.lower()
    self.libraries.update({label: MAIN.lower() for label in frame(workspace)})

  def name(self, label: str) -> str:
    if label.startswith("@"):
      return cmake_name(label)
    if label.startswith(("//event:", "//event/")):
      return self.libraries.get(label, MAIN.lower())
    return own_name(label)


def own_name(label: str) -> str:
  return "event_selector_" + label[2:].replace("/", "_").replace(":", "_")


def command(function: str, name: str, **arguments) -> str:
  text = f"{function}({name}"
  for keyword, items in arguments.items():
    if items is True:
      text += f"\n  {keyword}"
    elif items:
      text += f"\n  {keyword} {' '.join(items)}"
  return text + ")\n"


def arguments_of(target: build_files.Target, names: Names, system: str) -> dict:
  package = target.label[2:].split(":")[0]
  return {
      "SOURCES": [file for file in target.files("srcs", system) if file.endswith(".cc")],
      "INCLUDES": [f"{package}/{folder}" for folder in target.get("includes", system)],
      # No shell takes the quotes away.
      "DEFINES": target.get("local_defines", system),
      "DEPS": sorted({names.name(dep) for dep in target.deps(system)}) +
              target.get("linkopts", system),
  }


def is_kept_whole(target: build_files.Target) -> bool:
  return bool(target.attributes.get("alwayslink"))


def commands(workspace: build_files.Workspace, folder: str, system: str, names: Names) -> set:
  """The commands for the tests of the folder and what they need."""
  found = set()
  for label, test in sorted(workspace.package(folder).items()):
    if not is_for_cmake(test) or not test.is_for(system):
      continue
    needed = [target for target in workspace.closure([label], system)
              if not target.label.startswith("//event") and target.label != label]
    found.add(command(
        "event_selector_test", f"{folder}/{label.split(':')[1]}",
        **arguments_of(test, names, system),
        OBJECTS=[own_name(target.label) for target in needed if is_kept_whole(target)]))
    for target in needed:
      found.add(command(
          "event_selector_test_library", own_name(target.label),
          **arguments_of(target, names, system), KEPT_WHOLE=is_kept_whole(target)))
  return found


def test_lists(workspace: build_files.Workspace) -> str:
  """Commands of CMake that define the tests and the libraries they need."""
  names = Names(workspace)
  found = {backend: OnSystems() for backend in (None, *sorted(filter(None, TESTS.values())))}
  for folder, backend in TESTS.items():
    for system in build_files.SYSTEMS:
      for each in commands(workspace, folder, system, names):
        found[backend].add(each, system)
  text = "\n# With every backend.\n" + conditional(found[None])
  for backend in filter(None, found):
    text += f"\n# Of the backend {backend}.\n"
    text += f"if(EVENT_SELECTOR_SELECTED STREQUAL {backend})\n"
    text += conditional(found[backend].without(found[None])) + "endif()\n"
  return text


def conditional(texts: OnSystems) -> str:
  """The commands, each where it is for the system."""
  text = ""
  for systems, items in texts.groups():
    if len(systems) == len(build_files.SYSTEMS):
      text += "".join(items)
    else:
      text += f"if({condition(systems)})\n{''.join(items)}endif()\n"
  return text
