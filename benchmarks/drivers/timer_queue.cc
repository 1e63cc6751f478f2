#include "benchmarks/drivers/timer_queue.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "benchmarks/timers.h"
#include "event/event.h"
#include "event/selector.h"
#include "event/selector_options.h"
#include "event/timer_id.h"
#include "event/timer_queue.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

using std::chrono::nanoseconds;

[[noreturn]] void DieOf(const absl::Status& status) {
  event_selector::testing::Die(status.ToString());
}

nanoseconds Now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

class TimerQueueTimers final : public Timers {
 public:
  TimerQueueTimers(std::unique_ptr<event_selector::Selector> selector,
                   std::uint32_t count)
      : selector_(std::move(selector)), ids_(count) {}

  void Start(Indexes indexes, Delays delays) override {
    const nanoseconds now = Now();
    for (std::size_t i = 0; i < indexes.size(); ++i) {
      Add(indexes[i], now + delays[i]);
    }
  }
  void Restart(Indexes indexes, Delays delays) override {
    const nanoseconds now = Now();
    for (std::size_t i = 0; i < indexes.size(); ++i) {
      timers_.Cancel(ids_[indexes[i]]);
      Add(indexes[i], now + delays[i]);
    }
  }
  void StartIdle(Indexes indexes) override {
    const nanoseconds now = Now();
    for (const std::uint32_t index : indexes) Add(index, now + kPatience);
  }
  void PostponeIdle(Indexes indexes) override {
    const nanoseconds now = Now();
    for (const std::uint32_t index : indexes) {
      timers_.Postpone(ids_[index], now + kPatience);
    }
  }

  std::int64_t Turn() override {
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        selector_->Wait(
            absl::MakeSpan(events_),
            std::min(timers_.UntilNext(Now()), absl::ZeroDuration()));
    if (!ready.ok()) DieOf(ready.status());
    const nanoseconds now = Now();
    std::int64_t expired = 0;
    while (timers_.PopDue(now)) ++expired;
    return expired;
  }

 private:
  void Add(std::uint32_t index, nanoseconds deadline) {
    const absl::StatusOr<event_selector::TimerId> id =
        timers_.Add(deadline, index);
    if (!id.ok()) DieOf(id.status());
    ids_[index] = *id;
  }

  const std::unique_ptr<event_selector::Selector> selector_;
  std::array<event_selector::Event, 64> events_;
  event_selector::TimerQueue<std::uint32_t> timers_;
  std::vector<event_selector::TimerId> ids_;  // By index.
};

}  // namespace

std::unique_ptr<Timers> MakeTimerQueue(
    const event_selector::SelectorOptions& options, std::uint32_t count) {
  absl::StatusOr<std::unique_ptr<event_selector::Selector>> selector =
      event_selector::Selector::Create(options);
  if (!selector.ok()) DieOf(selector.status());
  return std::make_unique<TimerQueueTimers>(*std::move(selector), count);
}

}  // namespace benchmarks
