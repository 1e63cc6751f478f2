#include "event/readiness.h"

#include <string>

#include "event/internal/flag_set.h"

namespace event_selector {

std::string Readiness::ToString() const {
  static constexpr internal::FlagName kNames[] = {
      {kReadable.bits(), "readable"}, {kWritable.bits(), "writable"},
      {kPriority.bits(), "priority"}, {kReadClosed.bits(), "read_closed"},
      {kHangup.bits(), "hangup"},     {kError.bits(), "error"},
  };
  return internal::FlagSetToString(bits(), kNames, "none");
}

}  // namespace event_selector
