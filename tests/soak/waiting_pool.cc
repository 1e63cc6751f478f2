#include "tests/soak/waiting_pool.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/selector.h"
#include "tests/contract/stopwatch.h"
#include "tests/soak/counters.h"
#include "tests/soak/findings.h"

namespace event_selector {
namespace soak {
namespace {

constexpr std::size_t kMostRoom = 64;
// The room of each thread: with one place, a wake-up always takes the last.
constexpr std::array<std::size_t, 4> kRooms = {1, 3, 16, kMostRoom};
constexpr std::array<absl::Duration, 4> kTimeouts = {
    absl::InfiniteDuration(), absl::Milliseconds(250), absl::InfiniteDuration(),
    absl::ZeroDuration()};

}  // namespace

WaitingPool::WaitingPool(std::unique_ptr<Selector> selector, Counters& counters,
                         Findings& findings)
    : selector_(std::move(selector)), counters_(counters), findings_(findings) {
  counters_.Add(Count::kSelectors);
}

void WaitingPool::Attach(Owner owner, EventSink& sink) {
  sinks_[static_cast<std::size_t>(owner)] = &sink;
}

void WaitingPool::OnEveryReturn(std::function<void()> on_return) {
  on_return_ = std::move(on_return);
}

void WaitingPool::Start() {
  for (std::size_t i = 0; i < kRooms.size(); ++i) {
    threads_.emplace_back([this, i] { Run(i); });
  }
}

void WaitingPool::Stop() {
  selector_->Close();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void WaitingPool::Run(std::size_t thread) {
  std::array<Event, kMostRoom> room;
  const auto events = absl::MakeSpan(room).first(kRooms[thread]);
  for (std::size_t turn = thread;; ++turn) {
    const absl::Duration timeout = kTimeouts[turn % kTimeouts.size()];
    const std::uint64_t started = clock_.load();
    const absl::StatusOr<absl::Span<Event>> ready =
        selector_->Wait(events, timeout);
    if (absl::IsCancelled(ready.status())) return;
    if (!ready.ok()) {
      findings_.Add("pool", absl::StrCat("Wait: expected events, came ",
                                         ready.status().ToString()));
      return;
    }
    on_return_();
    // Only here is it sure that nothing but a wake-up has ended the wait.
    if (ready->empty() && timeout == absl::InfiniteDuration()) {
      counters_.Add(Count::kWakesDelivered);
    }
    HandOut(*ready, started);
  }
}

void WaitingPool::HandOut(absl::Span<const Event> events,
                          std::uint64_t wait_started) {
  counters_.AddEvents(events);
  for (const Event& event : events) {
    const std::uint64_t owner = event.token.value() >> kOwnerShift;
    EventSink* const sink = owner < sinks_.size() ? sinks_[owner] : nullptr;
    if (sink == nullptr) {
      findings_.Add("pool", absl::StrCat("an event under a token that was "
                                         "never given: ",
                                         event.token.value()));
      continue;
    }
    sink->OnEvent(event, wait_started);
  }
}

}  // namespace soak
}  // namespace event_selector
