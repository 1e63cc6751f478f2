// Random scripts against each backend and the model of the contract. Long runs:
// //tests/model.

#include <cstdint>
#include <cstdlib>

#include "gtest/gtest.h"
#include "tests/contract/backends.h"
#include "tests/model/campaign.h"
#include "tests/support/wine.h"

namespace event_selector {
namespace testing {
namespace {

class ModelTest : public ::testing::TestWithParam<Backend> {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ModelTest);
INSTANTIATE_TEST_SUITE_P(Backends, ModelTest,
                         ::testing::ValuesIn(AllBackendsUnderTest()),
                         ::testing::PrintToStringParamName());

void Play(const Backend& backend, std::uint64_t seed, std::uint64_t steps,
          std::size_t script_length) {
  CampaignOptions options;
  options.seed = seed;
  options.steps = steps;
  options.script_length = script_length;
  const CampaignResult result = RunCampaign(CreateOf(backend), options);
  EXPECT_FALSE(result.failure.has_value()) << result.failure->ToString();
  EXPECT_GE(result.steps, steps);
  // It is not as if nothing happened.
  EXPECT_GT(result.counts.waits, steps / 8);
  EXPECT_GT(result.counts.events, steps / 8);
  EXPECT_LT(result.counts.skipped, steps / 2);
}

// Under Wine a step takes a hundred times as long as elsewhere.
std::uint64_t Scaled(std::uint64_t steps) {
  return RunsUnderWine() ? steps / 20 : steps;
}

TEST_P(ModelTest, LongScripts) {
  Play(GetParam(), 1, Scaled(200 * 1000), 5000);
}

TEST_P(ModelTest, ShortScripts) {
  Play(GetParam(), 1000, Scaled(50 * 1000), 250);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
