#include "event/testing/selector_call.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "event/event.h"

namespace event_selector {
namespace testing {
namespace {

using Kind = SelectorCall::Kind;

std::string Arguments(const SelectorCall& call) {
  switch (call.kind) {
    case Kind::kAdd:
    case Kind::kModify:
      return absl::StrCat(call.handle, ", token ", call.token.value(), ", ",
                          call.interest.ToString(), ", ", call.mode.ToString());
    case Kind::kRemove:
      return absl::StrCat(call.handle);
    case Kind::kWait:
      return absl::StrCat(call.room, ", ", absl::FormatDuration(call.timeout));
    case Kind::kWake:
    case Kind::kClose:
      break;
  }
  return "";
}

}  // namespace

absl::string_view NameOf(SelectorCall::Kind kind) {
  switch (kind) {
    case Kind::kAdd:
      return "Add";
    case Kind::kModify:
      return "Modify";
    case Kind::kRemove:
      return "Remove";
    case Kind::kWait:
      return "Wait";
    case Kind::kWake:
      return "Wake";
    case Kind::kClose:
      break;
  }
  return "Close";
}

std::string SelectorCall::ToString() const {
  std::string text =
      absl::StrCat("[", absl::FormatDuration(time), "] ", NameOf(kind), "(",
                   Arguments(*this), "): ", status.ToString());
  for (const Event& event : events) {
    absl::StrAppend(&text, ", {token: ", event.token.value(), ", ",
                    event.readiness.ToString(), "}");
  }
  return text;
}

}  // namespace testing
}  // namespace event_selector
