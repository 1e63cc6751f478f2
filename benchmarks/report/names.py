"""How workloads and contestants are called, for programs and for readers."""

from __future__ import annotations

BASELINE = "raw_epoll"
BASELINE_AGAIN = "raw_epoll_again"
LIBRARY = "selector"
SINGLE_WAITER = "selector_single_waiter"
IO_URING = "selector_io_uring"

# In the order of the plots.
_CONTESTANTS = {
    BASELINE: "raw epoll",
    BASELINE_AGAIN: "raw epoll again",
    LIBRARY: "Selector",
    SINGLE_WAITER: "Selector, single waiter",
    IO_URING: "Selector, io_uring",
    "libevent": "libevent",
    "libuv": "libuv",
    "libev": "libev",
    "asio": "Asio",
    "asio_io_uring": "Asio, io_uring",
    "mio": "mio",
    "polling": "polling",
    "poll": "poll(2)",
    "raw_io_uring": "raw io_uring",
}
OWN = (LIBRARY, SINGLE_WAITER, IO_URING)
PEERS = ("libevent", "libuv", "libev", "asio", "asio_io_uring", "mio",
         "polling")


def contestant(name: str) -> str:
  return _CONTESTANTS.get(name, name.replace("_", " "))


def rank(name: str) -> tuple[int, str]:
  """For sorting; those that are not known come last."""
  order = list(_CONTESTANTS)
  return (order.index(name) if name in order else len(order), name)


# Titles, and what the workload does.
_WORKLOADS = {
    "chain": ("Chain",
              "A byte goes along a ring of socketpairs: each readable event "
              "reads it and writes to the next pair. A few handles are active "
              "and all others idle."),
    "ready_batch": ("Ready batch",
                    "Handles that are always readable, level-triggered: what "
                    "it costs to be told of each."),
    "rearm": ("Re-arm",
              "One-shot eventfds: all fire, are read, and are armed again."),
    "churn": ("Churn",
              "Handles that come and go: added and removed with nothing "
              "ready, one by one or in batches with a wait between, or "
              "opened, added, fired once, removed and closed."),
    "wake": ("Wake",
             "One thread wakes another from its wait: in turns between two "
             "threads, and as a storm on a thread that is awake."),
    "timers": ("Timers",
               "Many timers beside a loop: idle timeouts are postponed, timers "
               "are cancelled and added again, and all of them are due in one "
               "turn. Raw epoll has a std::multimap beside it."),
    "post": ("Post",
             "Items that threads pass to a loop: while it is not waiting, in "
             "turns between two loops that sleep, and from four threads at "
             "once. Raw epoll has a queue with a mutex and an eventfd beside "
             "it."),
    "modes": ("Modes",
              "The same echo with each triggering mode."),
    "idle": ("Idle",
             "A wait with a zero timeout that finds nothing."),
    "scale": ("Scale",
              "One active handle, while the number of idle ones grows."),
    "echo": ("Echo",
             "A TCP echo server under a closed loop of 100 connections."),
}


# Where a parameter's value does not speak for itself.
_VALUES = {
    ("cores", "one"): "on one core",
    ("cores", "any"): "on any cores",
    ("mode", "edge_oneshot"): "edge|oneshot",
}


def value(parameter: str, text: str) -> str:
  return _VALUES.get((parameter, text), text.replace("_", " "))


def workload(name: str) -> str:
  """The title."""
  known = _WORKLOADS.get(name)
  return known[0] if known else name.replace("_", " ").capitalize()


def description(name: str) -> str:
  known = _WORKLOADS.get(name)
  return known[1] if known else ""
