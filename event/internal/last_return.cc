#include "event/internal/last_return.h"

#include <algorithm>
#include <cstdint>

#include "absl/base/attributes.h"

namespace event_selector {
namespace internal {

ABSL_ATTRIBUTE_NOINLINE LastReturn& TakeLastReturn(std::uint64_t selector) {
  LastReturn& taken = *std::min_element(
      last_returns.entries.begin(), last_returns.entries.end(),
      [](const LastReturn& a, const LastReturn& b) { return a.use < b.use; });
  taken = LastReturn();
  taken.selector = selector;
  taken.use = ++last_returns.uses;
  return taken;
}

}  // namespace internal
}  // namespace event_selector
