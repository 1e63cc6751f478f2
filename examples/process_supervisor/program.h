#ifndef EXAMPLES_PROCESS_SUPERVISOR_PROGRAM_H_
#define EXAMPLES_PROCESS_SUPERVISOR_PROGRAM_H_

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "event/child_exit.h"
#include "event/selector.h"
#include "event/token.h"

namespace examples {
namespace process_supervisor {

// How long to wait before a program is started again: longer each time, unless
// it has run for a while.
class Backoff {
 public:
  Backoff(std::chrono::nanoseconds first, std::chrono::nanoseconds longest)
      : first_(first), longest_(longest), next_(first) {}

  // For a program that has run for `lifetime`.
  std::chrono::nanoseconds Next(std::chrono::nanoseconds lifetime);

 private:
  const std::chrono::nanoseconds first_;
  const std::chrono::nanoseconds longest_;
  std::chrono::nanoseconds next_;
};

// A command of the shell, which runs or does not.
class Program {
 public:
  Program(std::string command, Backoff backoff)
      : command_(std::move(command)), backoff_(backoff) {}

  const std::string& command() const { return command_; }
  bool is_running() const { return pid_ > 0; }
  Backoff& backoff() { return backoff_; }
  std::chrono::nanoseconds started() const { return started_; }

  // Starts it in a process group of its own, so that `Signal` reaches what it
  // starts, and Ctrl-C in the terminal does not. `selector` will report `token`
  // when it ends.
  absl::Status Start(event_selector::Selector& selector,
                     event_selector::Token token, std::chrono::nanoseconds now);

  // To be called when the token was reported: how it ended, in words.
  std::string Reap();

  // To the program and all that it has started. Does nothing if it does not
  // run.
  void Signal(int signal) const;

 private:
  const std::string command_;
  Backoff backoff_;
  pid_t pid_ = -1;
  std::chrono::nanoseconds started_{0};
  std::optional<event_selector::ChildExit> exit_;
};

}  // namespace process_supervisor
}  // namespace examples

#endif  // EXAMPLES_PROCESS_SUPERVISOR_PROGRAM_H_
