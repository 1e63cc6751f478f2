#ifndef TESTS_MODEL_FAULTY_SELECTOR_H_
#define TESTS_MODEL_FAULTY_SELECTOR_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <ostream>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/token.h"

namespace event_selector {
namespace testing {

// Faults that a selector can have, for tests of what is to find them.
enum class Fault {
  kNone,
  kLosesAnEvent,         // Drops every tenth event that it fetches.
  kReportsTwice,         // Adds a copy of the first event where there is room.
  kReportsUnasked,       // Adds kWritable to events without it.
  kReportsTheRemoved,    // Repeats the last event of what was removed.
  kReportsTheOldToken,   // The first event after Modify has the old token.
  kKeepsTheOldToken,     // Modify changes all but the token.
  kKeepsTheOldInterest,  // Modify changes all but the interest.
  kForgetsOneDirection,  // Reports one of several conditions.
  kIgnoresOneshot,
  kIgnoresEdge,
  kRearmsByItself,       // Modifies a oneshot handle after its event.
  kIgnoresRemove,        // Says that it did.
  kDropsAWakeUp,         // Every third.
  kReturnsEarly,         // Cuts finite timeouts to zero.
  kWritesBehindTheSpan,  // One event.
  kIsUnfair,             // Reports the lowest tokens first.
  kAddsTwice,            // Takes Add of what is registered for Modify.
  kModifiesTheUnknown,   // Takes Modify of what is not registered for Add.
  kIgnoresClose,
  kTakesRoomForWakeUps,  // Drops an event of a full span after Wake.
  kSpinsOnParked,  // Parked handles are level-triggered: a hang-up for ever.
};
inline constexpr int kFaults = 22;

absl::string_view NameOf(Fault fault);
inline std::ostream& operator<<(std::ostream& out, Fault fault) {
  return out << NameOf(fault);
}

// A selector without fault, made faulty. For one thread.
class FaultySelector final : public Selector {
 public:
  FaultySelector(std::unique_ptr<Selector> selector, Fault fault)
      : selector_(std::move(selector)), fault_(fault) {}

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
  absl::Status HandOver() override { return selector_->HandOver(); }
  absl::StatusOr<Handle> descriptor() const override {
    return selector_->descriptor();
  }
  absl::string_view name() const override { return selector_->name(); }
  Capabilities capabilities() const override {
    return selector_->capabilities();
  }

 private:
  struct Registration {
    Handle handle = kInvalidHandle;
    Token token;
    Interest interest;
    Mode mode;
    Event last;  // With no readiness: none yet.
  };

  bool Has(Fault fault) const { return fault_ == fault; }
  Registration* Find(Handle handle);
  Mode Falsify(Mode mode) const;
  std::size_t SpoilEvents(absl::Span<Event> room, std::size_t count);
  std::size_t AddEvent(absl::Span<Event> room, std::size_t count);
  void SpoilEvent(Event& event);
  void Rearm(const Event& event);
  absl::StatusOr<absl::Span<Event>> WaitUnfairly(absl::Span<Event> events,
                                                 absl::Duration timeout);

  const std::unique_ptr<Selector> selector_;
  const Fault fault_;
  std::unordered_map<Handle, Registration> registrations_;
  Registration removed_;
  std::unordered_map<std::uint64_t, Token> old_tokens_;  // By the new one.
  int events_ = 0;
  int wakes_ = 0;
  bool is_woken_ = false;
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_MODEL_FAULTY_SELECTOR_H_
