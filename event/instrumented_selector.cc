#include "event/instrumented_selector.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/histogram.h"
#include "event/interest.h"
#include "event/internal/described_error.h"
#include "event/internal/histogram_recorder.h"
#include "event/internal/last_return.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/selector_statistics.h"
#include "event/token.h"

namespace event_selector {
namespace {

static_assert(std::atomic<bool>::is_always_lock_free,
              "Wake is called from signal handlers");

using internal::Writers;

std::int64_t ReadSteadyClock() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// A clock that goes back must not become a time of centuries. (Without a sign,
// since one that counts from far away may make the difference too large.)
std::uint64_t Elapsed(std::int64_t from_ns, std::int64_t to_ns) {
  if (to_ns < from_ns) return 0;
  return static_cast<std::uint64_t>(to_ns) -
         static_cast<std::uint64_t>(from_ns);
}

std::uint64_t Read(const std::atomic<std::uint64_t>& counter) {
  return counter.load(std::memory_order_relaxed);
}

Histogram ReadBoth(const internal::HistogramRecorder& own,
                   const internal::HistogramRecorder& others) {
  Histogram both = own.Read();
  both += others.Read();
  return both;
}

// In the place of a selector that is not there, so that no call has to look for
// one.
class NoSelector final : public Selector {
 public:
  absl::Status Add(Handle, Token, Interest, Mode) override { return Error(); }
  absl::Status Modify(Handle, Token, Interest, Mode) override {
    return Error();
  }
  absl::Status Remove(Handle) override { return Error(); }
  absl::StatusOr<absl::Span<Event>> Wait(absl::Span<Event>,
                                         absl::Duration) override {
    return Error();
  }
  // Without a message, which would need memory.
  absl::Status Wake() override {
    return absl::Status(absl::StatusCode::kFailedPrecondition, "");
  }
  void Close() override {}
  absl::Status HandOver() override { return Error(); }
  absl::StatusOr<Handle> descriptor() const override { return Error(); }
  absl::string_view name() const override { return "none"; }
  Capabilities capabilities() const override { return Capabilities(); }

 private:
  static absl::Status Error() {
    return internal::DescribedError(
        absl::StatusCode::kFailedPrecondition,
        "the InstrumentedSelector was made with a null selector");
  }
};

std::unique_ptr<Selector> OrNone(std::unique_ptr<Selector> selector) {
  if (selector == nullptr) return std::make_unique<NoSelector>();
  return selector;
}

}  // namespace

InstrumentedSelector::InstrumentedSelector(std::unique_ptr<Selector> selector)
    : selector_(OrNone(std::move(selector))),
      time_source_(TimeSource::kSteadyClock),
      id_(internal::TakeSelectorNumber()) {}

InstrumentedSelector::InstrumentedSelector(std::unique_ptr<Selector> selector,
                                           Clock clock)
    : selector_(OrNone(std::move(selector))),
      time_source_(clock == nullptr ? TimeSource::kNone : TimeSource::kClock),
      clock_(std::move(clock)),
      id_(internal::TakeSelectorNumber()) {}

SelectorStatistics InstrumentedSelector::statistics() const {
  SelectorStatistics taken;
  taken.batch_size = ReadBoth(own_waits_.batch_size, other_waits_.batch_size);
  taken.blocked_ns = ReadBoth(own_waits_.blocked_ns, other_waits_.blocked_ns);
  taken.between_waits_ns =
      ReadBoth(own_waits_.between_waits_ns, other_waits_.between_waits_ns);
  taken.waits = taken.batch_size.count();
  taken.empty_waits = taken.batch_size.counts()[0];
  taken.events = taken.batch_size.sum();
  taken.failed_waits = Read(failed_waits_);
  taken.wakes = Read(wakes_.ok);
  taken.failed_wakes = Read(wakes_.failed);
  taken.delivered_wakes = Read(delivered_wakes_);
  taken.adds = Read(adds_.ok);
  taken.failed_adds = Read(adds_.failed);
  taken.modifies = Read(modifies_.ok);
  taken.failed_modifies = Read(modifies_.failed);
  taken.removes = Read(removes_.ok);
  taken.failed_removes = Read(removes_.failed);
  return taken;
}

inline void InstrumentedSelector::Outcomes::Count(const absl::Status& status) {
  internal::Increase(ABSL_PREDICT_TRUE(status.ok()) ? ok : failed, 1,
                     Writers::kMany);
}

absl::Status InstrumentedSelector::Add(Handle handle, Token token,
                                       Interest interest, Mode mode) {
  absl::Status status = selector_->Add(handle, token, interest, mode);
  adds_.Count(status);
  return status;
}

absl::Status InstrumentedSelector::Modify(Handle handle, Token token,
                                          Interest interest, Mode mode) {
  absl::Status status = selector_->Modify(handle, token, interest, mode);
  modifies_.Count(status);
  return status;
}

absl::Status InstrumentedSelector::Remove(Handle handle) {
  absl::Status status = selector_->Remove(handle);
  removes_.Count(status);
  return status;
}

// False if there is no clock. The common one is called as itself, not by way of
// a callable.
inline bool InstrumentedSelector::ReadClock(std::int64_t& now_ns) const {
  if (ABSL_PREDICT_TRUE(time_source_ == TimeSource::kSteadyClock)) {
    now_ns = ReadSteadyClock();
    return true;
  }
  if (time_source_ == TimeSource::kNone) return false;
  now_ns = absl::ToInt64Nanoseconds(clock_());
  return true;
}

// Whether the calling thread is the first that has waited. (A later thread may
// get the memory of one that has ended, and goes on in its place: the system
// hands that memory over only when the one before has written its last.)
inline bool InstrumentedSelector::IsOnlyWriter() {
  const void* const self = &internal::last_returns;
  const void* writer = writer_.load(std::memory_order_relaxed);
  if (ABSL_PREDICT_TRUE(writer == self)) return true;
  return writer == nullptr && writer_.compare_exchange_strong(
                                  writer, self, std::memory_order_relaxed);
}

// For a `Wait` that returns OK. What the selector below promises of writes
// before a `Wake` (K1) holds of the flag, too: so it is seen here without an
// ordering of its own.
inline void InstrumentedSelector::RecordDelivery() {
  if (ABSL_PREDICT_TRUE(!is_wake_pending_.load(std::memory_order_relaxed))) {
    return;
  }
  if (is_wake_pending_.exchange(false, std::memory_order_relaxed)) {
    internal::Increase(delivered_wakes_, 1, Writers::kMany);
  }
}

inline InstrumentedSelector::Call InstrumentedSelector::BeginWait() {
  const bool is_only_writer = IsOnlyWriter();
  Call call = {is_only_writer ? own_waits_ : other_waits_,
               is_only_writer ? Writers::kOne : Writers::kMany, 0};
  if (!ReadClock(call.began_ns)) return call;
  const internal::LastReturn& last = internal::LastReturnOf(id_);
  if (ABSL_PREDICT_TRUE(last.has_returned)) {
    call.recorder.between_waits_ns.Record(Elapsed(last.time_ns, call.began_ns),
                                          call.writers);
  }
  return call;
}

inline void InstrumentedSelector::EndWait(
    const Call& call, const absl::StatusOr<absl::Span<Event>>& ready) {
  std::int64_t ended_ns = 0;
  const bool is_timed = ReadClock(ended_ns);
  if (is_timed) {
    internal::LastReturn& last = internal::LastReturnOf(id_);
    last.has_returned = true;
    last.time_ns = ended_ns;
  }
  if (ABSL_PREDICT_FALSE(!ready.ok())) {
    internal::Increase(failed_waits_, 1, Writers::kMany);
    return;
  }
  if (is_timed) {
    call.recorder.blocked_ns.Record(Elapsed(call.began_ns, ended_ns),
                                    call.writers);
  }
  call.recorder.batch_size.Record(ready->size(), call.writers);
  RecordDelivery();
}

absl::StatusOr<absl::Span<Event>> InstrumentedSelector::Wait(
    absl::Span<Event> events, absl::Duration timeout) {
  const Call call = BeginWait();
  absl::StatusOr<absl::Span<Event>> ready = selector_->Wait(events, timeout);
  EndWait(call, ready);
  return ready;
}

absl::Status InstrumentedSelector::Wake() {
  const bool joins = is_wake_pending_.exchange(true, std::memory_order_relaxed);
  absl::Status status = selector_->Wake();
  // Nothing will be delivered; as below, calls that counted on this one are
  // lost with it.
  if (ABSL_PREDICT_FALSE(!status.ok()) && !joins) {
    is_wake_pending_.store(false, std::memory_order_relaxed);
  }
  wakes_.Count(status);
  return status;
}

void InstrumentedSelector::Close() { selector_->Close(); }

absl::Status InstrumentedSelector::HandOver() { return selector_->HandOver(); }

absl::StatusOr<Handle> InstrumentedSelector::descriptor() const {
  return selector_->descriptor();
}

absl::string_view InstrumentedSelector::name() const {
  return selector_->name();
}

Capabilities InstrumentedSelector::capabilities() const {
  return selector_->capabilities();
}

}  // namespace event_selector
