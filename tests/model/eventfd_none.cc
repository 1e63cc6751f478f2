#include "tests/model/eventfd.h"
#include "tests/support/socket.h"

namespace event {
namespace testing {

Socket MakeEventfd() { return Socket(); }

}  // namespace testing
}  // namespace event
