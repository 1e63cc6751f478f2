#ifndef EVENT_INSTRUMENTED_SELECTOR_H_
#define EVENT_INSTRUMENTED_SELECTOR_H_

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/histogram_recorder.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/selector_statistics.h"
#include "event/token.h"

namespace event_selector {

// A selector that counts what is done with it, and passes every call on to
// another selector of any kind:
//
//   absl::StatusOr<std::unique_ptr<event_selector::Selector>> selector =
//       event_selector::Selector::Create();
//   ...
//   event_selector::InstrumentedSelector instrumented(*std::move(selector));
//   ... instrumented.Wait(...) ...
//   std::cout << instrumented.statistics() << "\n";  // Also from elsewhere.
//
// event/selector_statistics.h says what is counted. Every call does and returns
// what the selector below does and returns. So this selector may be used by as
// many threads as the one below, and `Wake` may be called from signal handlers.
//
// What it costs: nothing is allocated, no lock is taken, no thread waits for
// another, and no system call is added. `Wait` reads the clock twice, which is
// most of its price, even if the selector below reads none (W7 of the
// contract). Without a clock, it only counts.
//
// The first thread that waited writes its numbers without locked instructions,
// except for a new minimum or maximum, a failed `Wait` and a delivered wake-up.
// Every other thread needs six of these for each `Wait`. `Wake` makes two of
// them. `Add`, `Modify` and `Remove` make one each. An object takes 47 kB.
// //benchmarks/instrumentation measures the costs.
class InstrumentedSelector final : public Selector {
 public:
  // Returns the time since any fixed moment. Never goes back on one thread. Any
  // callable will do, such as [&] { return simulation.now(); } for simulated
  // time. `Wait` calls it in its own thread, so several threads may call it at
  // once.
  using Clock = absl::AnyInvocable<absl::Duration() const>;

  // Takes ownership of `selector`. Keep a pointer to it if you need what only
  // its own class has. If it is null, every call that returns a status returns
  // kFailedPrecondition.
  //
  // Measures time by std::chrono::steady_clock. On Linux that is
  // CLOCK_MONOTONIC, which the vDSO reads without a system call if the
  // machine's clock source allows it.
  explicit InstrumentedSelector(std::unique_ptr<Selector> selector);
  // The same with another clock. If `clock` is empty (nullptr), no time is
  // measured, and `blocked_ns` and `between_waits_ns` stay empty.
  InstrumentedSelector(std::unique_ptr<Selector> selector, Clock clock);

  // Returns what was counted so far. May be called by any thread at any time.
  // It makes some 6,000 loads and keeps nobody waiting. It needs some 60 kB of
  // stack, since it allocates nothing.
  SelectorStatistics statistics() const;

  // Selector:
  using Selector::Add;
  absl::Status Add(Handle handle, Token token, Interest interest,
                   Mode mode) override;
  absl::Status Modify(Handle handle, Token token, Interest interest,
                      Mode mode) override;
  absl::Status Remove(Handle handle) override;
  absl::StatusOr<absl::Span<Event>> Wait(absl::Span<Event> events,
                                         absl::Duration timeout) override;
  absl::Status Wake() override;
  void Close() override;
  absl::Status HandOver() override;
  absl::StatusOr<Handle> descriptor() const override;
  absl::string_view name() const override;
  Capabilities capabilities() const override;

 private:
  using Counter = std::atomic<std::uint64_t>;

  // How many calls of one kind succeeded, and how many failed.
  struct Outcomes {
    void Count(const absl::Status& status);

    Counter ok{0};
    Counter failed{0};
  };

  struct WaitRecorder {
    internal::HistogramRecorder batch_size;
    internal::HistogramRecorder blocked_ns;
    internal::HistogramRecorder between_waits_ns;
  };

  // A `Wait` that is running.
  struct Call {
    WaitRecorder& recorder;
    internal::Writers writers;
    std::int64_t began_ns;  // Where there is a clock.
  };

  enum class TimeSource { kNone, kSteadyClock, kClock };

  bool ReadClock(std::int64_t& now_ns) const;
  bool IsOnlyWriter();
  Call BeginWait();
  void EndWait(const Call& call,
               const absl::StatusOr<absl::Span<Event>>& ready);
  void RecordDelivery();

  const std::unique_ptr<Selector> selector_;
  const TimeSource time_source_;
  const Clock clock_;  // Of TimeSource::kClock.
  // Names this selector in internal::LastReturn.
  const std::uint64_t id_;

  // Members that different threads write share no cache line. The recorders
  // stand between them, and each recorder ends with a kilobyte of buckets that
  // only count times of years.

  Counter failed_waits_{0};
  Counter delivered_wakes_{0};
  // The thread that writes to `own_waits_`. All others write to `other_waits_`.
  // A thread is named by the address of memory of its own.
  std::atomic<const void*> writer_{nullptr};
  WaitRecorder own_waits_;

  Outcomes wakes_;
  // Whether `Wake` was called since the last delivery. This is set before the
  // wake-up is passed on, so that the `Wait` that returns for it finds it set.
  std::atomic<bool> is_wake_pending_{false};
  WaitRecorder other_waits_;

  Outcomes adds_;
  Outcomes modifies_;
  Outcomes removes_;
};

}  // namespace event_selector

#endif  // EVENT_INSTRUMENTED_SELECTOR_H_
