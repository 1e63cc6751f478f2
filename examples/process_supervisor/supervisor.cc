#include "examples/process_supervisor/supervisor.h"

#include <signal.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/selector.h"
#include "event/signal_set.h"
#include "event/timer_id.h"
#include "event/token.h"
#include "examples/process_supervisor/program.h"

namespace examples {
namespace process_supervisor {
namespace {

std::chrono::nanoseconds Now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace

Supervisor::Supervisor(event_selector::Selector& selector,
                       const std::vector<std::string>& commands,
                       const Delays& delays, std::ostream& log)
    : selector_(selector), delays_(delays), log_(log) {
  for (const std::string& command : commands) {
    programs_.emplace_back(command, Backoff(delays.first, delays.longest));
  }
}

absl::Status Supervisor::Run() {
  absl::StatusOr<event_selector::SignalSet> signals =
      event_selector::SignalSet::Create(selector_, {SIGINT, SIGTERM, SIGHUP});
  if (!signals.ok()) return signals.status();
  for (std::size_t i = 0; i < programs_.size(); ++i) Start(i);

  std::array<event_selector::Event, 64> room;
  while (!is_stopping_ || IsAnyRunning()) {
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        selector_.Wait(absl::MakeSpan(room), timers_.UntilNext(Now()));
    if (!ready.ok()) return ready.status();
    OnSignals(signals->Take());
    for (const event_selector::Event& event : *ready) {
      OnExit(static_cast<std::size_t>(event.token.value()));
    }
    const std::chrono::nanoseconds now = Now();
    while (const std::optional<std::size_t> due = timers_.PopDue(now)) {
      OnTimer(*due);
    }
  }
  return absl::OkStatus();
}

void Supervisor::Start(std::size_t number) {
  Program& program = programs_[number];
  const absl::Status status =
      program.Start(selector_, event_selector::Token(number), Now());
  if (status.ok()) {
    log_ << program.command() << ": started" << std::endl;
    return;
  }
  log_ << program.command() << ": " << status << std::endl;
  AddTimer(program.backoff().Next(std::chrono::nanoseconds(0)), number);
}

void Supervisor::OnExit(std::size_t number) {
  Program& program = programs_[number];
  log_ << program.command() << ": ended with " << program.Reap() << std::endl;
  if (is_stopping_) return;
  AddTimer(program.backoff().Next(Now() - program.started()), number);
}

void Supervisor::OnSignals(event_selector::Signals signals) {
  if (signals.contains(SIGINT) || signals.contains(SIGTERM)) {
    is_stopping_ = true;
    SignalAll(SIGTERM);
    AddTimer(delays_.grace, kKill);
  } else if (signals.contains(SIGHUP)) {
    SignalAll(SIGTERM);
  }
}

void Supervisor::OnTimer(std::size_t what) {
  if (what == kKill) {
    SignalAll(SIGKILL);
  } else if (!is_stopping_) {
    Start(what);
  }
}

void Supervisor::SignalAll(int signal) const {
  for (const Program& program : programs_) program.Signal(signal);
}

void Supervisor::AddTimer(std::chrono::nanoseconds delay, std::size_t what) {
  const absl::StatusOr<event_selector::TimerId> added =
      timers_.Add(Now() + delay, what);
  if (!added.ok()) log_ << added.status() << std::endl;
}

bool Supervisor::IsAnyRunning() const {
  return std::any_of(programs_.begin(), programs_.end(),
                     [](const Program& each) { return each.is_running(); });
}

}  // namespace process_supervisor
}  // namespace examples
