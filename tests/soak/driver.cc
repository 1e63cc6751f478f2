#include "tests/soak/driver.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "tests/contract/stopwatch.h"
#include "tests/soak/setting.h"
#include "tests/support/fatal.h"

namespace event_selector {
namespace soak {

namespace {

// A backend that loses wake-ups is for the loads to find; the drivers work on,
// so that the run can end and say so.
constexpr absl::Duration kLongestWait = absl::Seconds(1);

}  // namespace

Driver::Driver(absl::Duration period, std::function<bool(Driver&)> round)
    : period_(period), round_(std::move(round)), selector_(FirstBackend()()) {}

void Driver::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Driver::Resume() {
  epoch_.fetch_add(1, std::memory_order_acq_rel);
  Notify();
}

void Driver::Pause() {
  epoch_.fetch_add(1, std::memory_order_acq_rel);
  Notify();
}

bool Driver::is_at_rest() const {
  return has_given_up() || rested_epoch_.load(std::memory_order_acquire) ==
                               epoch_.load(std::memory_order_acquire);
}

void Driver::Stop() {
  is_stopped_.store(true, std::memory_order_release);
  Notify();
  if (thread_.joinable()) thread_.join();
}

void Driver::Notify() {
  if (!selector_->Wake().ok()) testing::Die("the driver's Wake failed");
}

bool Driver::Await(absl::FunctionRef<bool()> done, absl::Duration patience) {
  const testing::Stopwatch stopwatch;
  while (!done()) {
    const absl::Duration left = patience - stopwatch.Elapsed();
    if (left <= absl::ZeroDuration()) return false;
    WaitOnce(std::min(left, kLongestWait));
  }
  return true;
}

void Driver::Run() {
  while (!is_stopped_.load(std::memory_order_acquire)) {
    const std::uint64_t epoch = epoch_.load(std::memory_order_acquire);
    if (epoch % 2 == 1 && !owes_round_) {
      rested_epoch_.store(epoch, std::memory_order_release);
      WaitOnce(kLongestWait);
      owes_round_ = epoch_.load(std::memory_order_acquire) != epoch;
      continue;
    }
    const testing::Stopwatch stopwatch;
    if (!round_(*this)) {
      has_given_up_.store(true, std::memory_order_release);
      return;
    }
    owes_round_ = false;
    rounds_.fetch_add(1, std::memory_order_relaxed);
    AwaitEndOfPeriod(period_ - stopwatch.Elapsed());
  }
}

void Driver::AwaitEndOfPeriod(absl::Duration rest) {
  Await(
      [this] {
        return epoch_.load(std::memory_order_acquire) % 2 == 1 ||
               is_stopped_.load(std::memory_order_acquire);
      },
      rest);
}

void Driver::WaitOnce(absl::Duration timeout) {
  std::array<Event, 1> room;
  const absl::StatusOr<absl::Span<Event>> ready =
      selector_->Wait(absl::MakeSpan(room), timeout);
  if (!ready.ok()) {
    testing::Die("the driver's Wait: " + ready.status().ToString());
  }
}

}  // namespace soak
}  // namespace event_selector
