#include <vector>

#include "tests/contract/backends.h"

namespace event_selector {
namespace testing {

std::vector<Backend> AllBackendsUnderTest() { return {}; }

}  // namespace testing
}  // namespace event_selector
