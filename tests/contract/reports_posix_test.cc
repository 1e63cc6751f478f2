// P5 of the contract: pipes.

#include <vector>

#include "event/event.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PipesContract : public ContractTest {
 protected:
  Pipe pipe_ = MakePipe();
};
EVENT_INSTANTIATE_CONTRACT(PipesContract);

TEST_P(PipesContract, P5DataInAPipe) {
  ASSERT_THAT(
      selector().Add(pipe_.read_end.handle(), Token(1), Interest::kReadable),
      IsOk());
  EXPECT_THAT(Poll(), IsEmpty());
  WriteBytes(pipe_.write_end.handle(), "x");
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kReadable)));
}

TEST_P(PipesContract, P5LastWriterCloses) {
  ASSERT_THAT(
      selector().Add(pipe_.read_end.handle(), Token(1), Interest::kReadable),
      IsOk());
  Socket other_writer = Duplicate(pipe_.write_end.handle());
  pipe_.write_end.Close();
  EXPECT_THAT(WaitFor(kAMoment), IsEmpty()) << "it is not the last";
  other_writer.Close();
  EXPECT_THAT(WaitFor(kForSure),
              ElementsAre(IsEventWith(1, Readiness::kHangup)));
}

TEST_P(PipesContract, P5DataBeforeTheLastWriterCloses) {
  ASSERT_THAT(
      selector().Add(pipe_.read_end.handle(), Token(1), Interest::kReadable),
      IsOk());
  WriteBytes(pipe_.write_end.handle(), "x");
  pipe_.write_end.Close();
  EXPECT_THAT(
      WaitFor(kForSure),
      ElementsAre(IsEventWith(1, Readiness::kReadable | Readiness::kHangup)));
  EXPECT_EQ(Drain(pipe_.read_end.handle()), "x");
}

TEST_P(PipesContract, P5LastReaderCloses) {
  FillPipe(pipe_.write_end.handle());
  ASSERT_THAT(
      selector().Add(pipe_.write_end.handle(), Token(1), Interest::kWritable),
      IsOk());
  EXPECT_THAT(Poll(), IsEmpty());
  pipe_.read_end.Close();
  const std::vector<Event> events = WaitFor(kForSure);
  ASSERT_THAT(events, ElementsAre(HasToken(1)));
  const Readiness report = events.front().readiness;
  EXPECT_TRUE(report.error() || report.hangup()) << report;
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
