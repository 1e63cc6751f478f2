// Sockets that come and go, with their values used again: --cycles says how
// many.

#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/iocp/process_handles.h"
#include "tests/support/socket.h"

ABSL_FLAG(int, cycles, 2000, "How often to add, remove, close and reuse.");

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ChurnTest : public ContractTest {
 protected:
  // One life of a registration: the token is a new one each time, so that an
  // event of an earlier life is noticed.
  void Live(std::uint64_t token) {
    SocketPair pair = MakeUdpPair();
    const Handle handle = pair.a.handle();
    was_reused_ = !seen_.insert(handle).second || was_reused_;
    const Mode mode = token % 2 == 0 ? Mode::kLevel : Mode::kOneshot;
    ASSERT_THAT(selector().Add(handle, Token(token), Interest::kReadable, mode),
                IsOk());
    if (token % 3 != 0) {
      // Now it has a poll.
      ASSERT_THAT(Poll(), IsEmpty());
    }
    SendAll(pair.b.handle(), "x");
    if (token % 5 != 0) {
      ASSERT_THAT(WaitFor(kForSure),
                  ElementsAre(IsEvent(token, Readiness::kReadable)));
    }
    // Closed without Remove, now and then, with a poll under way.
    if (token % 7 == 1 && mode == Mode::kLevel) {
      Drain(handle);
      ASSERT_THAT(Poll(), IsEmpty());
    } else {
      ASSERT_THAT(selector().Remove(handle), IsOk());
    }
  }

  bool was_reused() const { return was_reused_; }

 private:
  std::set<Handle> seen_;
  bool was_reused_ = false;
};
EVENT_INSTANTIATE_CONTRACT(ChurnTest);

TEST_P(ChurnTest, NeitherHandlesNorEventsAreLeft) {
  constexpr std::uint64_t kWarmUp = 50;
  const auto cycles = static_cast<std::uint64_t>(absl::GetFlag(FLAGS_cycles));
  unsigned long before = 0;
  for (std::uint64_t cycle = 0; cycle < kWarmUp + cycles; ++cycle) {
    if (cycle == kWarmUp) before = ProcessHandles();
    Live(cycle);
    if (HasFatalFailure()) return;
  }
  EXPECT_THAT(Poll(), IsEmpty());
  EXPECT_LE(ProcessHandles(), before);
  EXPECT_TRUE(was_reused());
}

// Nobody calls Wait, and the packets of so many ended polls come that `Remove`
// fetches them itself: a wake-up among them is left for the next Wait.
TEST_P(ChurnTest, AWakeUpOutlivesTheRemovalOfMany) {
  constexpr std::size_t kPairs = 150;
  std::vector<SocketPair> pairs;
  for (std::size_t i = 0; i < kPairs; ++i) {
    pairs.push_back(MakeUdpPair());
    for (const Socket* socket : {&pairs[i].a, &pairs[i].b}) {
      ASSERT_THAT(
          selector().Add(socket->handle(), Token(1), Interest::kReadable),
          IsOk());
    }
  }
  ASSERT_THAT(Poll(), IsEmpty());  // Gives all of them polls.
  ASSERT_THAT(selector().Wake(), IsOk());
  for (const SocketPair& pair : pairs) {
    ASSERT_THAT(selector().Remove(pair.a.handle()), IsOk());
    ASSERT_THAT(selector().Remove(pair.b.handle()), IsOk());
  }
  EXPECT_THAT(WaitFor(absl::InfiniteDuration()), IsEmpty());
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
