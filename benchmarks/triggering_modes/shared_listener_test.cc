#include "benchmarks/triggering_modes/shared_listener.h"

#include <memory>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "benchmarks/triggering_modes/cases.h"
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

class AcceptTest : public TestWithParam<NamedMode> {};

INSTANTIATE_TEST_SUITE_P(Modes, AcceptTest, ValuesIn(kAcceptModes), ModeName);

TEST_P(AcceptTest, AcceptsEveryConnection) {
  absl::StatusOr<std::unique_ptr<SharedListener>> shared =
      SharedListener::Create({3, GetParam().mode});
  if (absl::IsUnimplemented(shared.status())) {
    GTEST_SKIP() << shared.status();
  }
  ASSERT_TRUE(shared.ok()) << shared.status();
  constexpr int kConnections = 50;
  for (int i = 0; i < kConnections; ++i) {
    ASSERT_EQ((*shared)->Connect(), absl::OkStatus());
  }
  const absl::StatusOr<AcceptTotals> totals = (*shared)->Stop();
  ASSERT_TRUE(totals.ok()) << totals.status();
  EXPECT_EQ(totals->accepted, kConnections);
  EXPECT_EQ(totals->wakeups, totals->accepted + totals->useless_wakeups);
}

TEST(SharedListenerOptionsTest, RefusesNonsense) {
  EXPECT_TRUE(absl::IsInvalidArgument(
      SharedListener::Create({0, event_selector::Mode::kLevel}).status()));
}

}  // namespace
}  // namespace benchmarks
