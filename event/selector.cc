#include "event/selector.h"

namespace event {

Selector::~Selector() = default;

}  // namespace event
