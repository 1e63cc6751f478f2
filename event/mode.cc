#include "event/mode.h"

#include <string>

#include "event/internal/flag_set.h"

namespace event_selector {

std::string Mode::ToString() const {
  static constexpr internal::FlagName kNames[] = {
      {kEdge.bits(), "edge"},
      {kOneshot.bits(), "oneshot"},
      {kExclusive.bits(), "exclusive"},
      {kKeepAwake.bits(), "keep_awake"},
  };
  return internal::FlagSetToString(bits(), kNames, "level");
}

}  // namespace event_selector
