#include "tests/model/eventfd.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {

Socket MakeEventfd() { return Socket(); }

}  // namespace testing
}  // namespace event_selector
