#ifndef TESTS_EPOLL_SINGLE_WAITER_FIXTURE_H_
#define TESTS_EPOLL_SINGLE_WAITER_FIXTURE_H_

#include <sys/epoll.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <ostream>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/single_waiter_epoll_selector.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/token.h"
#include "gtest/gtest.h"
#include "tests/linux/system_calls.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {

// Counts system calls, remembers the last epoll_ctl, and fails them all with
// `control_error` if that is not 0.
class ControlCalls : public CountingSystemCalls {
 public:
  int EpollCtl(int epoll, int operation, int descriptor,
               epoll_event* event) override {
    last_event = event != nullptr ? *event : epoll_event();
    if (control_error == 0) {
      return CountingSystemCalls::EpollCtl(epoll, operation, descriptor, event);
    }
    ++controls;
    errno = control_error;
    return -1;
  }

  epoll_event last_event = {};
  int control_error = 0;
};

// For the tests of SingleWaiterEpollSelector: counts what the calls cost.
class SingleWaiterTest : public ::testing::Test {
 protected:
  struct Calls {
    int controls;
    int waits;
  };
  friend bool operator==(const Calls& a, const Calls& b) {
    return a.controls == b.controls && a.waits == b.waits;
  }
  friend std::ostream& operator<<(std::ostream& out, const Calls& calls) {
    return out << calls.controls << " of epoll_ctl, " << calls.waits
               << " of epoll_wait";
  }

  // What `act` costs.
  template <typename Act>
  Calls CallsOf(const Act& act) {
    const int controls = calls_.controls;
    const int waits = calls_.waits + calls_.fine_waits;
    act();
    return {calls_.controls - controls,
            calls_.waits + calls_.fine_waits - waits};
  }
  template <typename Act>
  int ControlsOf(const Act& act) {
    return CallsOf(act).controls;
  }

  std::vector<Event> Wait(absl::Duration timeout, std::size_t room = 64) {
    std::vector<Event> events(room);
    const auto ready = selector_->Wait(absl::MakeSpan(events), timeout);
    EXPECT_TRUE(ready.ok()) << ready.status();
    events.resize(ready.ok() ? ready->size() : 0);
    return events;
  }
  std::vector<Event> Poll(std::size_t room = 64) {
    return Wait(absl::ZeroDuration(), room);
  }

  void Add(Handle handle, std::uint64_t token, Interest interest,
           Mode mode = Mode::kOneshot) {
    const absl::Status status =
        selector_->Add(handle, Token(token), interest, mode);
    ASSERT_TRUE(status.ok()) << status;
  }
  void Modify(Handle handle, std::uint64_t token, Interest interest,
              Mode mode = Mode::kOneshot) {
    const absl::Status status =
        selector_->Modify(handle, Token(token), interest, mode);
    ASSERT_TRUE(status.ok()) << status;
  }

  // Adds `handle`, which must be and stay writable, under `token`, and lets it
  // be reported and re-armed until the next re-arm is expected to be in time.
  // It is armed then.
  void AddExpected(Handle handle, std::uint64_t token,
                   Interest interest = Interest::kWritable) {
    Add(handle, token, Interest::kWritable);
    for (int i = 0; i < 2; ++i) {
      ASSERT_EQ(Poll().size(), 1u);
      Modify(handle, token, i == 0 ? Interest::kWritable : interest);
    }
  }

  ControlCalls calls_;
  ScopedSystemCalls scope_{calls_};
  std::unique_ptr<SingleWaiterEpollSelector> selector_ =
      SingleWaiterEpollSelector::Create().value();
  SocketPair pair_ = MakeStreamPair();
  SocketPair other_ = MakeStreamPair();
  Handle handle_ = pair_.a.handle();
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_EPOLL_SINGLE_WAITER_FIXTURE_H_
