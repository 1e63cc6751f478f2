#ifndef EVENT_INTERNAL_REGISTRATION_RULES_H_
#define EVENT_INTERNAL_REGISTRATION_RULES_H_

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "event/capabilities.h"
#include "event/interest.h"
#include "event/mode.h"

namespace event_selector {
namespace internal {

inline constexpr Interest kEveryInterest =
    Interest::kReadable | Interest::kWritable | Interest::kPriority |
    Interest::kReadClosed;
inline constexpr Mode kEveryMode =
    Mode::kEdge | Mode::kOneshot | Mode::kExclusive | Mode::kKeepAwake;

enum class RegistrationCall { kAdd, kModify };

// The slow path of `CheckRegistration`.
absl::Status CheckRegistrationInDetail(absl::string_view backend,
                                       const Capabilities& capabilities,
                                       RegistrationCall call, Interest interest,
                                       Mode mode);

// Whether the rules below allow it, by a glance that misses only
// Mode::kExclusive.
constexpr bool IsOrdinary(const Capabilities& capabilities, Interest interest,
                          Mode mode) {
  return capabilities.interests.contains(interest) &&
         capabilities.modes.contains(mode) && !mode.contains(Mode::kExclusive);
}

// The rules for the arguments of `Selector::Add` and `Modify` that are the same
// on every system, for the backend called `backend` to check before it calls
// the system. Errors:
//   kInvalidArgument  a bit that names nothing, or a rule of Mode::kExclusive;
//   kUnimplemented    something that `capabilities` does not list.
inline absl::Status CheckRegistration(absl::string_view backend,
                                      const Capabilities& capabilities,
                                      RegistrationCall call, Interest interest,
                                      Mode mode) {
  if (ABSL_PREDICT_TRUE(IsOrdinary(capabilities, interest, mode))) {
    return absl::OkStatus();
  }
  return CheckRegistrationInDetail(backend, capabilities, call, interest, mode);
}

}  // namespace internal
}  // namespace event_selector

#endif  // EVENT_INTERNAL_REGISTRATION_RULES_H_
