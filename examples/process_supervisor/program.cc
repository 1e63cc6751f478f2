#include "examples/process_supervisor/program.h"

#include <signal.h>
#include <spawn.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "event/child_exit.h"
#include "event/selector.h"
#include "event/token.h"

// POSIX wants it declared by the program.
extern char** environ;

namespace examples {
namespace process_supervisor {
namespace {

absl::StatusOr<pid_t> Spawn(const std::string& command) {
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::string copy = command;
  char shell[] = "sh";
  char option[] = "-c";
  char* const arguments[] = {shell, option, copy.data(), nullptr};
  pid_t pid = -1;
  const int error =
      posix_spawn(&pid, "/bin/sh", nullptr, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return absl::ErrnoToStatus(error, "posix_spawn");
  return pid;
}

}  // namespace

std::chrono::nanoseconds Backoff::Next(std::chrono::nanoseconds lifetime) {
  if (lifetime > longest_) next_ = first_;
  const std::chrono::nanoseconds delay = next_;
  next_ = std::min(2 * next_, longest_);
  return delay;
}

absl::Status Program::Start(event_selector::Selector& selector,
                            event_selector::Token token,
                            std::chrono::nanoseconds now) {
  started_ = now;
  const absl::StatusOr<pid_t> pid = Spawn(command_);
  if (!pid.ok()) return pid.status();
  absl::StatusOr<event_selector::ChildExit> exit =
      event_selector::ChildExit::Watch(selector, *pid, token);
  if (!exit.ok()) {
    // Nobody would notice its end.
    kill(-*pid, SIGKILL);
    waitpid(*pid, nullptr, 0);
    return exit.status();
  }
  pid_ = *pid;
  exit_ = *std::move(exit);
  return absl::OkStatus();
}

std::string Program::Reap() {
  const absl::StatusOr<event_selector::ExitStatus> status = exit_->Reap();
  exit_.reset();
  pid_ = -1;
  if (!status.ok()) return status.status().ToString();
  return status->signal != 0 ? absl::StrCat("signal ", status->signal)
                             : absl::StrCat("exit code ", status->exit_code);
}

void Program::Signal(int signal) const {
  if (is_running()) kill(-pid_, signal);
}

}  // namespace process_supervisor
}  // namespace examples
