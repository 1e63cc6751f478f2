#ifndef EVENT_INTERNAL_ADMISSION_H_
#define EVENT_INTERNAL_ADMISSION_H_

#include <utility>

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/registration_rules.h"
#include "event/internal/selector_errors.h"
#include "event/mode.h"

namespace event_selector {
namespace internal {

// What every selector asks before it does what it is called for, in one order
// and in the same words:
//   1. Is it closed, or in a forked child?             kCancelled,
//                                                      kFailedPrecondition
//   2. Does it belong to another thread?               kFailedPrecondition
//   3. Wait: is there room for an event?               kInvalidArgument
//      Add, Modify: do interest and mode keep the      kInvalidArgument,
//      rules, and are they supported?                  kUnimplemented
//
// `Life` says whether the selector has ended: posix::SelectorLife, PlainLife.
// `Owner` says whose it is: see owner_thread.h.
//
// Thread-safe as these are. All but `Wake` and `IsUsable` may allocate (the
// text of an error).
template <typename Life, typename Owner>
class Admission {
 public:
  Admission() = default;
  // `life` are the arguments of `Life`'s constructor.
  template <typename... LifeArguments>
  explicit Admission(bool is_single_waiter, LifeArguments&&... life)
      : life_(std::forward<LifeArguments>(life)...), owner_(is_single_waiter) {}

  const Life& life() const { return life_; }

  // Question 1, by one comparison. `WhyOver` is the error.
  bool IsUsable() const { return life_.IsUsable(); }
  absl::Status WhyOver() const { return life_.WhyOver(); }

  // ---- Add, Modify, Remove

  // Questions 1 and 2, by a glance each. `WhyNoChange` is the error.
  bool MayChange() { return life_.IsUsable() && owner_.MayChange(); }
  absl::Status WhyNoChange() const {
    return life_.IsUsable() ? AnotherThreadError() : life_.WhyOver();
  }

  absl::Status CheckChange() {
    return ABSL_PREDICT_TRUE(MayChange()) ? absl::OkStatus() : WhyNoChange();
  }
  absl::Status CheckRegistration(RegistrationCall call,
                                 absl::string_view backend,
                                 const Capabilities& capabilities,
                                 Interest interest, Mode mode) {
    if (ABSL_PREDICT_FALSE(!MayChange())) return WhyNoChange();
    return internal::CheckRegistration(backend, capabilities, call, interest,
                                       mode);
  }

  // ---- Wait

  // All three, by a glance each. False may also mean that `CheckWait` has to
  // make the calling thread the owner first.
  bool MayWait(absl::Span<const Event> events) const {
    return life_.IsUsable() && owner_.IsCaller() && !events.empty();
  }
  absl::Status CheckWait(absl::Span<const Event> events) {
    if (ABSL_PREDICT_TRUE(MayWait(events))) return absl::OkStatus();
    if (!life_.IsUsable()) return life_.WhyOver();
    // A call that fails must not become the owner.
    if (events.empty()) {
      return owner_.MayClaim() ? NoRoomError() : AnotherThreadError();
    }
    return owner_.Claim() ? absl::OkStatus() : AnotherThreadError();
  }

  // ---- Wake, Close, HandOver, descriptor

  // `Selector::Wake`, where `wake` makes a `Wait` return, and returns false if
  // the system refuses. Statuses without a message: one with a message would
  // allocate.
  template <typename WakeFunction>
  absl::Status Wake(const WakeFunction& wake) const {
    if (ABSL_PREDICT_FALSE(!life_.IsUsable())) return life_.WhyOverInBrief();
    if (ABSL_PREDICT_FALSE(!wake())) {
      return absl::Status(absl::StatusCode::kInternal, "");
    }
    return absl::OkStatus();
  }

  // Ends the selector. Whether there is anybody to tell: not if it was closed
  // before, nor in a forked child, which shares the queue with its parent.
  bool Close() { return life_.Close() && life_.IsInItsProcess(); }

  // `Selector::descriptor`, of a selector that has one.
  absl::StatusOr<Handle> Descriptor(Handle descriptor) const {
    if (!life_.IsUsable()) return life_.WhyOver();
    return descriptor;
  }
  // Of one that has none.
  absl::Status NoDescriptor(absl::string_view backend) const {
    return life_.IsUsable() ? NoDescriptorError(backend) : life_.WhyOver();
  }

  // `Selector::HandOver`.
  absl::Status HandOver() {
    if (!life_.IsUsable()) return life_.WhyOver();
    return owner_.HandOver() ? absl::OkStatus() : AnotherThreadError();
  }

 private:
  Life life_;
  Owner owner_;
};

}  // namespace internal
}  // namespace event_selector

#endif  // EVENT_INTERNAL_ADMISSION_H_
