#include "event/selector.h"

namespace event_selector {

Selector::~Selector() = default;

}  // namespace event_selector
