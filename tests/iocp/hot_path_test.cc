// What of W7 the backend keeps: `Wait` allocates nothing.

#include <array>
#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/support/count_allocations.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

class HotPathTest : public ContractTest {
 protected:
  // How many events came of a Wait, which must not allocate.
  std::size_t Wait(absl::Duration timeout) {
    std::array<Event, 64> room;
    const AllocationCounter counter;
    const absl::StatusOr<absl::Span<Event>> ready =
        selector().Wait(absl::MakeSpan(room), timeout);
    const std::size_t allocations = counter.allocations();
    EXPECT_EQ(allocations, 0u);
    EXPECT_THAT(ready.status(), IsOk());
    return ready.ok() ? ready->size() : 0;
  }
};
EVENT_INSTANTIATE_CONTRACT(HotPathTest);

TEST_P(HotPathTest, W7WaitAllocatesNothing) {
  RecordLimit("W7", "takes a lock and makes several calls");
  constexpr std::size_t kPairs = 40;  // More than a group.
  std::vector<SocketPair> pairs;
  for (std::size_t i = 0; i < kPairs; ++i) {
    pairs.push_back(MakeStreamPair());
    const Mode mode = i % 2 == 0 ? Mode::kLevel : Mode::kOneshot;
    ASSERT_THAT(selector().Add(pairs[i].a.handle(), Token(i),
                               Interest::kReadable, mode),
                IsOk());
  }
  EXPECT_EQ(Wait(absl::ZeroDuration()), 0u);
  EXPECT_EQ(Wait(absl::Milliseconds(1)), 0u);
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < kPairs; ++i) {
      SendAll(pairs[i].b.handle(), "x");
      ASSERT_TRUE(AwaitReadable(pairs[i].a.handle(), kForSure));
    }
    EXPECT_EQ(Wait(absl::InfiniteDuration()), kPairs);
    EXPECT_EQ(Wait(absl::ZeroDuration()), kPairs / 2);
    for (std::size_t i = 0; i < kPairs; ++i) {
      Drain(pairs[i].a.handle());
      const Mode mode = i % 2 == 0 ? Mode::kLevel : Mode::kOneshot;
      ASSERT_THAT(selector().Modify(pairs[i].a.handle(), Token(i),
                                    Interest::kReadable, mode),
                  IsOk());
    }
    ASSERT_THAT(selector().Wake(), IsOk());
    EXPECT_EQ(Wait(absl::InfiniteDuration()), 0u);
  }
  // Registrations that end while they are waited for.
  for (std::size_t i = 0; i < kPairs; ++i) {
    if (i % 2 == 0) {
      ASSERT_THAT(selector().Remove(pairs[i].a.handle()), IsOk());
    }
    pairs[i].a.Close();
  }
  EXPECT_EQ(Wait(absl::Milliseconds(1)), 0u);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
