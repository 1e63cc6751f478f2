#ifndef EVENT_CHILD_EXIT_H_
#define EVENT_CHILD_EXIT_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "event/selector.h"
#include "event/token.h"

namespace event_selector {

// What a child process is known by: its process ID (pid_t) on POSIX systems, a
// HANDLE with the rights SYNCHRONIZE and PROCESS_QUERY_LIMITED_INFORMATION on
// Windows, as CreateProcess returns it.
#if defined(_WIN32)
using ChildProcessId = void*;
#else
using ChildProcessId = int;
#endif

// How a process ended.
struct ExitStatus {
  // What it returned from `main` or gave to exit(3). 0 if a signal ended it.
  int exit_code = 0;
  // The signal that ended it. 0 if it ended by itself. On Windows always 0.
  int signal = 0;

  bool is_success() const { return exit_code == 0 && signal == 0; }

  friend bool operator==(const ExitStatus& a, const ExitStatus& b) {
    return a.exit_code == b.exit_code && a.signal == b.signal;
  }
  friend bool operator!=(const ExitStatus& a, const ExitStatus& b) {
    return !(a == b);
  }
};

// Reports a token when a child process ends.
//
//   const pid_t pid = fork();
//   ...
//   absl::StatusOr<event_selector::ChildExit> child =
//       event_selector::ChildExit::Watch(selector, pid, Token(7));
//   ...
//   // A `Wait` has returned an event with Token(7).
//   absl::StatusOr<event_selector::ExitStatus> status = child->Reap();
//
// The event is reported once, with Readiness::kReadable. One child is never
// taken for another: waitpid(-1) is not called, and nothing is reaped unless
// `Reap` says so. Others may wait for the same child, even before the event is
// reported. A child that has ended before `Watch`, and was not reaped, is
// reported by the next `Wait`.
//
// How: pidfd_open(2) on Linux 5.3 and newer, EVFILT_PROC on macOS and the BSDs,
// the process's handle on Windows. Where pidfd_open is missing or refused (an
// older kernel; a sandbox that answers ENOSYS or EPERM), and on other POSIX
// systems, SIGCHLD stands in: a handler like those of `SignalSet`, with the
// same rules for handlers of other people's, asks after each watched child and
// writes to a pipe. Then
// - a signal costs a system call for each watched child;
// - SIGCHLD must not be blocked in all threads;
// - a child that somebody else reaps, and whose process ID a new child gets at
//   once, is taken for the new one.
// `uses_signal` says whether it is so.
//
// Each object holds a descriptor (two where SIGCHLD stands in), which a program
// that is started does not inherit.
//
// Lifetime: the selector must outlive the object, which ends the registration.
// The child goes on running when the object is destroyed, and stays a zombie if
// it has ended and nobody reaps it.
//
// Threads: each call is one of the selector's, with its rules; with
// SelectorOptions::single_waiter, all but `Peek` and `Reap` must come from the
// selector's thread. Calls on one object need the caller's lock.
//
// In a child process after `fork`, the object is of no use, and destroying it
// is safe.
//
// On Windows the selector must be the backend's own (IocpSelector), not a
// decorator around it.
class ChildExit {
 public:
  // Watches `child`. Errors:
  //   kInvalidArgument    `child` is not a process ID (or handle), or on Linux
  //                       that of a thread.
  //   kNotFound           there is no such process: it was reaped already.
  //   kFailedPrecondition SIGCHLD stands in, and `child` is not a child of this
  //                       process.
  //   kResourceExhausted  no descriptor or memory is left.
  //   kUnimplemented      the selector cannot watch it. The message says why:
  //                       which call was refused, how, and why the stand-in
  //                       does not do.
  //   and those of `Selector::Add`.
  static absl::StatusOr<ChildExit> Watch(Selector& selector,
                                         ChildProcessId child, Token token);

  // The moved-from object watches nothing, and must only be assigned to or
  // destroyed. An assignment first ends what this object watched.
  ChildExit(ChildExit&& other) noexcept;
  ChildExit& operator=(ChildExit&& other) noexcept;
  ~ChildExit();

  // Returns how the child ended, and leaves it to others to reap. Never blocks.
  // Errors:
  //   kUnavailable        it is still running.
  //   kNotFound           it is not a child of this process, or somebody else
  //                       has reaped it: nobody can tell any more. (macOS and
  //                       the BSDs tell the status with the event, and still
  //                       know it then.)
  //   kUnimplemented      a sandbox refuses waitid(2).
  absl::StatusOr<ExitStatus> Peek();

  // The same, and reaps the child: its process ID is free for others then.
  // Further calls of `Peek` and `Reap` return the same status. (On Windows a
  // process needs no reaping. Close its handle.)
  absl::StatusOr<ExitStatus> Reap();

  // Whether SIGCHLD stands in for a call that this system does not have, or
  // refuses.
  bool uses_signal() const;

 private:
  class Watcher;  // Of the system.

  explicit ChildExit(std::unique_ptr<Watcher> watcher);

  std::unique_ptr<Watcher> watcher_;
};

}  // namespace event_selector

#endif  // EVENT_CHILD_EXIT_H_
