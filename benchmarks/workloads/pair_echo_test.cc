#include "benchmarks/workloads/pair_echo.h"

#include <cstddef>
#include <memory>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "benchmarks/drivers/selector.h"
#include "benchmarks/workloads/named_mode.h"
#include "event/mode.h"
#include "gtest/gtest.h"

namespace benchmarks {

void PrintTo(const NamedMode& mode, std::ostream* out) { *out << mode.name; }

namespace {

using ::testing::TestWithParam;
using ::testing::ValuesIn;

std::string ModeName(const ::testing::TestParamInfo<NamedMode>& info) {
  return std::string(info.param.name);
}

class PairEchoTest : public TestWithParam<NamedMode> {
 protected:
  // Some rounds; skips the test where the backend lacks the mode.
  void Run(int pairs, std::size_t message_bytes) {
    // With few, to know before many are made.
    if (const absl::Status status = Create(1, 1).status();
        absl::IsUnimplemented(status)) {
      GTEST_SKIP() << status;
    }
    absl::StatusOr<std::unique_ptr<PairEcho>> echo =
        Create(pairs, message_bytes);
    ASSERT_TRUE(echo.ok()) << echo.status();
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ((*echo)->RunRound(), absl::OkStatus());
    }
  }

 private:
  static absl::StatusOr<std::unique_ptr<PairEcho>> Create(
      int pairs, std::size_t message_bytes) {
    return PairEcho::Create({pairs, message_bytes, GetParam().mode},
                            MakeSelector());
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, PairEchoTest, ValuesIn(kEchoModes), ModeName);

TEST_P(PairEchoTest, OneByte) { Run(1, 1); }
TEST_P(PairEchoTest, MorePairsThanEventsOfOneWait) { Run(1100, 64); }
// As long as the server's buffer: the read is not short, and the socket empty.
TEST_P(PairEchoTest, BufferSize) { Run(2, 16 * 1024); }
TEST_P(PairEchoTest, LargerThanTheSocketsBuffers) {
  Run(3, 3 * 1000 * 1000 + 1);
}

TEST(PairEchoOptionsTest, RefusesNonsense) {
  EXPECT_TRUE(absl::IsInvalidArgument(
      PairEcho::Create({0, 64, event_selector::Mode::kLevel}, MakeSelector())
          .status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      PairEcho::Create({1, 0, event_selector::Mode::kLevel}, MakeSelector())
          .status()));
}

}  // namespace
}  // namespace benchmarks
