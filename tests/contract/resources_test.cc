// S2 and S3 of the contract: what callers do wrong breaks nothing else.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class ResourcesContract : public ContractTest {
 protected:
  SocketPair pair_ = MakeStreamPair();
};
EVENT_INSTANTIATE_CONTRACT(ResourcesContract);

TEST_P(ResourcesContract, S2AHandleClosedWithoutRemoveBreaksNothing) {
  if (GetParam().is_io_uring) {
    RecordLimit("S2", "a pending request keeps its object open");
  }
  ASSERT_THAT(selector().Add(pair_.a.handle(), Token(1), Interest::kWritable),
              IsOk());
  {
    SocketPair closed = MakeStreamPair();
    ASSERT_THAT(selector().Add(closed.a.handle(), Token(2),
                               Interest::kReadable | Interest::kWritable),
                IsOk());
  }
  // It may be reported or not while it is being taken down, but the other is.
  EXPECT_THAT(WaitFor(kForSure), Contains(IsEvent(1, Readiness::kWritable)));
  EXPECT_THAT(WaitFor(kForSure), Contains(IsEvent(1, Readiness::kWritable)));
  ASSERT_THAT(selector().Remove(pair_.a.handle()), IsOk());
  EXPECT_THAT(WaitFor(kAMoment), Not(Contains(HasToken(1))));
}

TEST_P(ResourcesContract, S2TheNumberOfAClosedHandleCanBeAddedAgain) {
  Handle old_number;
  {
    SocketPair closed = MakeStreamPair();
    old_number = closed.a.handle();
    ASSERT_THAT(selector().Add(old_number, Token(1), Interest::kWritable),
                IsOk());
  }
  std::vector<SocketPair> pairs;
  do {
    pairs.push_back(MakeStreamPair());
    ASSERT_THAT(
        selector().Add(pairs.back().a.handle(), Token(2), Interest::kWritable),
        IsOk());
  } while (pairs.back().a.handle() != old_number && pairs.size() < 64);
  EXPECT_THAT(WaitFor(kForSure), Not(Contains(HasToken(1))));
}

TEST_P(ResourcesContract, S2SelectorsDoNotDisturbEachOther) {
  {
    const auto other = NewSelector();
    ASSERT_THAT(other->Add(pair_.a.handle(), Token(2), Interest::kWritable),
                IsOk());
    ASSERT_THAT(selector().Add(pair_.a.handle(), Token(1), Interest::kWritable),
                IsOk());
    other->Close();
  }
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kWritable)));
}

TEST_P(ResourcesContract, S3NoArgumentAborts) {
  const Handle handles[] = {kInvalidHandle, static_cast<Handle>(-2),
                            std::numeric_limits<Handle>::max(),
                            std::numeric_limits<Handle>::min(),
                            static_cast<Handle>(1000000)};
  const std::uint32_t bits[] = {0, 1, 0xffffffff, 0x80000000, 0x2000};
  for (const Handle handle : handles) {
    for (const std::uint32_t interest : bits) {
      for (const std::uint32_t mode : bits) {
        EXPECT_THAT(
            selector().Add(handle, Token(1), Interest::FromBits(interest),
                           Mode::FromBits(mode)),
            Not(IsOk()));
        EXPECT_THAT(
            selector().Modify(handle, Token(1), Interest::FromBits(interest),
                              Mode::FromBits(mode)),
            Not(IsOk()));
      }
    }
    EXPECT_THAT(selector().Remove(handle), Not(IsOk()));
  }
  EXPECT_THAT(Poll(), IsEmpty());
}

TEST_P(ResourcesContract, S3OneBadRegistrationDoesNotFailAWaitForTheOthers) {
  // One in each bad state: closed, reset, refused.
  SocketPair closed = MakeStreamPair();
  SocketPair reset = MakeTcpPair();
  const UnusedPort unused = UnusedTcpPort();
  const Socket refused = StartConnect(unused.port);
  constexpr Interest kInterest = Interest::kReadable | Interest::kWritable;
  ASSERT_THAT(selector().Add(closed.a.handle(), Token(1), kInterest), IsOk());
  ASSERT_THAT(selector().Add(reset.a.handle(), Token(2), kInterest), IsOk());
  ASSERT_THAT(selector().Add(refused.handle(), Token(3), kInterest), IsOk());
  ASSERT_THAT(selector().Add(pair_.a.handle(), Token(4), kInterest), IsOk());
  closed.a.Close();
  Reset(std::move(reset.b));
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(WaitFor(kForSure), Contains(IsEvent(4, Readiness::kWritable)));
  }
}

TEST_P(ResourcesContract, S5WhereThereIsNoDescriptorTheMessageSaysSo) {
  const absl::Status status = selector().descriptor().status();
  if (!status.ok()) {
    EXPECT_THAT(std::string(status.message()),
                ::testing::HasSubstr(std::string(selector().name())));
  }
  EVENT_REQUIRE_DESCRIPTOR();
  EXPECT_THAT(status, IsOk());
}

TEST_P(ResourcesContract, S5AfterClose) {
  EVENT_REQUIRE_DESCRIPTOR();
  selector().Close();
  EXPECT_THAT(selector().descriptor().status(),
              HasCode(absl::StatusCode::kCancelled));
}

TEST_P(ResourcesContract, S6WithoutAnOwnerThereIsNothingToHandOver) {
  const SocketPair pair = MakeStreamPair();
  ASSERT_THAT(selector().HandOver(), IsOk());
  ASSERT_THAT(selector().Add(pair.a.handle(), Token(1), Interest::kReadable),
              IsOk());
  SendAll(pair.b.handle(), "x");
  EXPECT_THAT(WaitFor(kForSure),
              ::testing::ElementsAre(IsEvent(1, Readiness::kReadable)));
  ASSERT_THAT(selector().HandOver(), IsOk());
  EXPECT_THAT(Poll(), ::testing::SizeIs(1));
  selector().Close();
  EXPECT_THAT(selector().HandOver(), HasCode(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
