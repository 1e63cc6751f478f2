#ifndef TESTS_KQUEUE_SHIM_SHIM_TEST_H_
#define TESTS_KQUEUE_SHIM_SHIM_TEST_H_

#include <sys/event.h>
#include <time.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kqueue_shim/kqueue_shim.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {

inline constexpr timespec kNow = {};

MATCHER_P(Is, filter, "") { return arg.filter == filter; }

inline bool Has(const struct kevent& event, unsigned flag) {
  return (event.flags & flag) != 0;
}

// A queue, and what is done with one.
class ShimTest : public ::testing::Test {
 protected:
  static struct kevent Of(int ident, short filter, unsigned flags,
                          unsigned fflags = 0, std::int64_t data = 0,
                          std::uintptr_t udata = 0) {
    struct kevent event = {};
    event.ident = static_cast<std::uintptr_t>(ident);
    event.filter = filter;
    event.flags = static_cast<unsigned short>(flags);
    event.fflags = fflags;
    event.data = data;
    event.udata = reinterpret_cast<void*>(udata);
    return event;
  }

  // Replaces the queue by one of `system`.
  void Play(System system) {
    const ScopedSystem scope(system);
    queue_ = Socket(kqueue());
  }

  // Makes one change: 0 or errno.
  int Change(const struct kevent& change) {
    return kevent(queue_.handle(), &change, 1, nullptr, 0, nullptr) == 0
               ? 0
               : errno;
  }
  int Change(int ident, short filter, unsigned flags, unsigned fflags = 0) {
    return Change(Of(ident, filter, flags, fflags));
  }
  std::vector<struct kevent> Wait(const timespec* timeout = &kNow,
                                  int room = 8) {
    std::vector<struct kevent> events(static_cast<std::size_t>(room));
    const int count =
        kevent(queue_.handle(), nullptr, 0, events.data(), room, timeout);
    EXPECT_GE(count, 0) << errno;
    events.resize(static_cast<std::size_t>(count < 0 ? 0 : count));
    return events;
  }

  Socket queue_{kqueue()};
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_KQUEUE_SHIM_SHIM_TEST_H_
