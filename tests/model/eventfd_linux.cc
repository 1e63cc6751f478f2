#include <sys/eventfd.h>

#include <cerrno>

#include "tests/model/eventfd.h"
#include "tests/support/fatal.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {

Socket MakeEventfd() {
  const int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (descriptor < 0) DieOfError("eventfd", errno);
  return Socket(descriptor);
}

}  // namespace testing
}  // namespace event_selector
