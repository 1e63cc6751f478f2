#ifndef TESTS_MODEL_EVENTFD_H_
#define TESTS_MODEL_EVENTFD_H_

#include "tests/support/socket.h"

namespace event_selector {
namespace testing {

// A non-blocking eventfd(2) with the counter at zero; an empty Socket on
// systems without it.
Socket MakeEventfd();

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_MODEL_EVENTFD_H_
