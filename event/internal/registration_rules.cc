#include "event/internal/registration_rules.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "event/capabilities.h"
#include "event/interest.h"
#include "event/internal/described_error.h"
#include "event/mode.h"

namespace event_selector {
namespace internal {
namespace {

// EPOLLEXCLUSIVE in epoll_ctl(2) lists what the kernel allows.
absl::Status CheckExclusive(RegistrationCall call, Interest interest,
                            Mode mode) {
  if (call == RegistrationCall::kModify) {
    return DescribedError(
        absl::StatusCode::kInvalidArgument,
        "a registration with Mode::kExclusive cannot be modified: remove the "
        "handle and add it again");
  }
  if (mode.contains(Mode::kOneshot)) {
    return DescribedError(
        absl::StatusCode::kInvalidArgument,
        "Mode::kExclusive cannot be combined with Mode::kOneshot");
  }
  constexpr Interest kAllowed = Interest::kReadable | Interest::kWritable;
  if (!kAllowed.contains(interest)) {
    return ErrorWithText(absl::StatusCode::kInvalidArgument, [&] {
      return absl::StrCat(
          "Mode::kExclusive takes readable and writable interest only, not ",
          (interest - kAllowed).ToString());
    });
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRegistrationInDetail(absl::string_view backend,
                                       const Capabilities& capabilities,
                                       RegistrationCall call, Interest interest,
                                       Mode mode) {
  if (!kEveryInterest.contains(interest)) {
    return ErrorWithText(absl::StatusCode::kInvalidArgument, [&] {
      return absl::StrCat("not an interest: ",
                          (interest - kEveryInterest).ToString());
    });
  }
  if (!kEveryMode.contains(mode)) {
    return ErrorWithText(absl::StatusCode::kInvalidArgument, [&] {
      return absl::StrCat("not a mode: ", (mode - kEveryMode).ToString());
    });
  }
  if (!capabilities.interests.contains(interest)) {
    return ErrorWithText(absl::StatusCode::kUnimplemented, [&] {
      return absl::StrCat(
          "the ", backend, " backend does not support the interest ",
          (interest - capabilities.interests).ToString(), " here");
    });
  }
  if (!capabilities.modes.contains(mode)) {
    return ErrorWithText(absl::StatusCode::kUnimplemented, [&] {
      return absl::StrCat("the ", backend,
                          " backend does not support the mode ",
                          (mode - capabilities.modes).ToString(), " here");
    });
  }
  if (mode.contains(Mode::kExclusive)) {
    return CheckExclusive(call, interest, mode);
  }
  return absl::OkStatus();
}

}  // namespace internal
}  // namespace event_selector
