#ifndef TESTS_KQUEUE_KQUEUE_TEST_H_
#define TESTS_KQUEUE_KQUEUE_TEST_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/kqueue/kqueue_selector.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/kqueue_shim/kqueue_shim.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {

inline constexpr Interest kBoth = Interest::kReadable | Interest::kWritable;
inline constexpr Readiness kReadyBoth =
    Readiness::kReadable | Readiness::kWritable;

// A selector over the stand-in, and a pair of sockets.
class KqueueTest : public ::testing::Test {
 protected:
  // Replaces the selector by one over `system`'s queue.
  void Play(System system) {
    const ScopedSystem scope(system);
    selector_ = *KqueueSelector::Create();
  }

  std::vector<Event> WaitFor(absl::Duration timeout, std::size_t room = 64) {
    std::vector<Event> events(room);
    const absl::StatusOr<absl::Span<Event>> ready =
        selector_->Wait(absl::MakeSpan(events), timeout);
    EXPECT_TRUE(ready.ok()) << ready.status();
    if (!ready.ok()) return {};
    events.resize(ready->size());
    return events;
  }
  std::vector<Event> Poll(std::size_t room = 64) {
    return WaitFor(absl::ZeroDuration(), room);
  }
  absl::Status Add(Interest interest, Mode mode = Mode::kLevel) {
    return selector_->Add(handle(), Token(1), interest, mode);
  }
  void MakeReadable() {
    SendAll(pair_.b.handle(), "x");
    ASSERT_TRUE(AwaitReadable(handle(), kForSure));
  }
  Handle handle() const { return pair_.a.handle(); }

  SocketPair pair_ = MakeStreamPair();
  std::unique_ptr<KqueueSelector> selector_ = *KqueueSelector::Create();
};

// The same over each system's queue: the parameter of the tests.
class EachSystemTest : public KqueueTest,
                       public ::testing::WithParamInterface<System> {
 protected:
  EachSystemTest() { Play(GetParam()); }
};

// Gives the suite `Suite` every system that the stand-in plays.
#define EVENT_INSTANTIATE_SYSTEMS(Suite)                        \
  INSTANTIATE_TEST_SUITE_P(                                     \
      Systems, Suite,                                           \
      ::testing::ValuesIn(::event_selector::testing::kSystems), \
      ::testing::PrintToStringParamName())

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_KQUEUE_KQUEUE_TEST_H_
