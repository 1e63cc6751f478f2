#include "event/internal/flag_set.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace event_selector {
namespace internal {

std::string FlagSetToString(std::uint32_t bits,
                            absl::Span<const FlagName> names,
                            absl::string_view empty_name) {
  if (bits == 0) return std::string(empty_name);
  std::string text;
  for (const FlagName& flag : names) {
    if ((bits & flag.bit) == 0) continue;
    absl::StrAppend(&text, text.empty() ? "" : "|", flag.name);
    bits &= ~flag.bit;
  }
  if (bits != 0) {
    absl::StrAppend(&text, text.empty() ? "" : "|", "0x", absl::Hex(bits));
  }
  return text;
}

}  // namespace internal
}  // namespace event_selector
