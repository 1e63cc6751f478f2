// Many sockets registered at once: --sockets says how many.

#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/iocp/process_handles.h"
#include "tests/support/socket.h"

ABSL_FLAG(std::size_t, sockets, 2000, "How many sockets to register at once.");

namespace event_selector {
namespace testing {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

class ManySocketsTest : public ContractTest {
 protected:
  // A life of a selector: `pairs_` and it are gone in the end.
  void ReportExactlyThoseThatAreReady();

  // Registers them all, for reading, under the tokens 0, 1, 2, ...
  void Watch() {
    while (2 * pairs_.size() < absl::GetFlag(FLAGS_sockets)) {
      pairs_.push_back(MakeUdpPair());
      const std::uint64_t token = 2 * pairs_.size() - 2;
      ASSERT_THAT(selector().Add(pairs_.back().a.handle(), Token(token),
                                 Interest::kReadable),
                  IsOk());
      ASSERT_THAT(selector().Add(pairs_.back().b.handle(), Token(token + 1),
                                 Interest::kReadable),
                  IsOk());
    }
  }

  std::vector<SocketPair> pairs_;
};
EVENT_INSTANTIATE_CONTRACT(ManySocketsTest);

void ManySocketsTest::ReportExactlyThoseThatAreReady() {
  RecreateSelector();
  ASSERT_NO_FATAL_FAILURE(Watch());
  EXPECT_THAT(Poll(), IsEmpty());
  // Prime, so that it meets each group of 32 in another place.
  constexpr std::size_t kStep = 37;
  std::set<std::uint64_t> expected;
  for (std::size_t i = 0; i < pairs_.size(); i += kStep) {
    SendAll(pairs_[i].b.handle(), "x");
    ASSERT_TRUE(AwaitReadable(pairs_[i].a.handle(), kForSure));
    expected.insert(2 * i);
  }
  std::set<std::uint64_t> reported;
  for (const Event& event : WaitFor(kForSure, 2 * pairs_.size())) {
    EXPECT_EQ(event.readiness, Readiness::kReadable);
    EXPECT_TRUE(reported.insert(event.token.value()).second) << event;
  }
  EXPECT_THAT(reported, UnorderedElementsAreArray(expected));
  for (const SocketPair& pair : pairs_) {
    ASSERT_THAT(selector().Remove(pair.a.handle()), IsOk());
    ASSERT_THAT(selector().Remove(pair.b.handle()), IsOk());
  }
  EXPECT_THAT(Poll(), IsEmpty());
  DestroySelector();
  pairs_.clear();
}

// What the first life leaves open for good counts as the process's own.
TEST_P(ManySocketsTest, ExactlyThoseThatAreReadyAreReported) {
  ReportExactlyThoseThatAreReady();
  const unsigned long before = ProcessHandles();
  ReportExactlyThoseThatAreReady();
  EXPECT_LE(ProcessHandles(), before);
}

// With all of their polls under way.
TEST_P(ManySocketsTest, TheSelectorDiesBeforeItsSockets) {
  DestroySelector();
  const unsigned long before = ProcessHandles();
  RecreateSelector();
  ASSERT_NO_FATAL_FAILURE(Watch());
  EXPECT_THAT(Poll(), IsEmpty());
  DestroySelector();
  EXPECT_EQ(ProcessHandles(), before + 2 * pairs_.size());
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
