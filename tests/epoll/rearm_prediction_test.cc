#include "backends/epoll/rearm_prediction.h"

#include <cstddef>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace event_selector {
namespace epoll {
namespace {

void RearmInTime(RearmPrediction& prediction, int times) {
  for (int i = 0; i < times; ++i) prediction.Rearmed(true);
}

// How many re-arms in time it takes, at most 1,000.
int TimesUntilExpected(RearmPrediction& prediction) {
  int times = 0;
  while (!prediction.is_expected() && times < 1000) {
    prediction.Rearmed(true);
    ++times;
  }
  return times;
}

TEST(RearmPredictionTest, TwoInTimeAndTheNextIsExpected) {
  RearmPrediction prediction;
  EXPECT_FALSE(prediction.is_expected());
  prediction.Rearmed(true);
  EXPECT_FALSE(prediction.is_expected());
  prediction.Rearmed(true);
  EXPECT_TRUE(prediction.is_expected());
}

TEST(RearmPredictionTest, EachMistakeTakesMoreEvidence) {
  RearmPrediction prediction;
  EXPECT_EQ(TimesUntilExpected(prediction), 2);
  prediction.Failed();
  EXPECT_EQ(TimesUntilExpected(prediction), 8);
  for (int i = 0; i < 5; ++i) {
    prediction.Failed();
    EXPECT_EQ(TimesUntilExpected(prediction), 31);
  }
}

TEST(RearmPredictionTest, MistakesAreForgottenOneByOne) {
  RearmPrediction prediction;
  for (int i = 0; i < 4; ++i) {
    TimesUntilExpected(prediction);
    prediction.Failed();
  }
  TimesUntilExpected(prediction);
  RearmInTime(prediction, RearmPrediction::kTrust - 1);
  prediction.Failed();
  EXPECT_EQ(TimesUntilExpected(prediction), 31) << "one too few to forget";
  RearmInTime(prediction, RearmPrediction::kTrust);
  prediction.Failed();
  EXPECT_EQ(TimesUntilExpected(prediction), 31) << "one forgotten, one added";
  RearmInTime(prediction, 2 * RearmPrediction::kTrust);
  prediction.Failed();
  EXPECT_EQ(TimesUntilExpected(prediction), 8) << "both forgotten, one added";
  RearmInTime(prediction, 10 * RearmPrediction::kTrust);
  prediction.Failed();
  EXPECT_EQ(TimesUntilExpected(prediction), 8) << "no less than none";
}

// The diagram in plain integers.
struct Model {
  bool expected = false;
  int doubt = 0;
  int streak = 0;

  void Step(char input) {
    if (input == 'F') {
      expected = false;
      streak = 0;
      doubt = doubt == 2 ? 2 : doubt + 1;
    } else if (input == 'L') {
      streak = 0;
    } else if (++streak ==
               (expected ? 31 : std::vector<int>{2, 8, 31}[doubt])) {
      streak = 0;
      if (expected && doubt > 0) --doubt;
      expected = true;
    }
  }
};

// All sequences of re-arms in time (T), late (L) and failures (F, where one is
// expected) of this length.
void Explore(const RearmPrediction& prediction, const Model& model,
             const std::string& past, std::size_t length) {
  ASSERT_EQ(prediction.is_expected(), model.expected) << past;
  if (past.size() == length) return;
  for (const char input : {'T', 'L', 'F'}) {
    if (input == 'F' && !model.expected) continue;
    RearmPrediction next = prediction;
    Model next_model = model;
    next_model.Step(input);
    if (input == 'F') {
      next.Failed();
    } else {
      next.Rearmed(input == 'T');
    }
    Explore(next, next_model, past + input, length);
  }
}

TEST(RearmPredictionTest, EveryShortSequenceIsAsTheDiagramSays) {
  Explore(RearmPrediction(), Model(), "", 13);
}

// Whoever knows the machine and means it ill gets one mistake for each 31
// re-arms, after the first few.
TEST(RearmPredictionTest, MistakesStayRare) {
  RearmPrediction prediction;
  int mistakes = 0;
  constexpr int kRearms = 31000;
  for (int i = 0; i < kRearms; ++i) {
    if (prediction.is_expected()) {
      prediction.Failed();
      ++mistakes;
    }
    prediction.Rearmed(true);
  }
  EXPECT_LE(mistakes, kRearms / 31 + 2);
  EXPECT_GE(mistakes, 2);
}

}  // namespace
}  // namespace epoll
}  // namespace event_selector
