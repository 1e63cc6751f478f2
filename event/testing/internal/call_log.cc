#include "event/testing/internal/call_log.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "event/testing/selector_call.h"

namespace event_selector {
namespace testing {
namespace internal {

void CallLog::Record(SelectorCall call) {
  ++counts_[Index(call.kind)];
  calls_.push_back(std::move(call));
  if (calls_.size() <= most_) return;
  calls_.pop_front();
  ++dropped_;
}

void CallLog::Clear() {
  calls_.clear();
  dropped_ = 0;
}

std::string CallLog::LastToString(std::size_t most) const {
  const std::size_t shown = std::min(most, calls_.size());
  const std::size_t earlier = dropped_ + calls_.size() - shown;
  std::string text;
  if (earlier > 0) {
    absl::StrAppend(&text, "(", earlier,
                    earlier == 1 ? " earlier call)\n" : " earlier calls)\n");
  }
  for (auto call = calls_.end() - static_cast<std::ptrdiff_t>(shown);
       call != calls_.end(); ++call) {
    absl::StrAppend(&text, call->ToString(), "\n");
  }
  return text;
}

}  // namespace internal
}  // namespace testing
}  // namespace event_selector
