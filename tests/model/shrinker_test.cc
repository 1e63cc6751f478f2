#include "tests/model/shrinker.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "event/capabilities.h"
#include "event/interest.h"
#include "event/mode.h"
#include "gtest/gtest.h"
#include "tests/model/generator.h"
#include "tests/model/script.h"

namespace event_selector {
namespace testing {
namespace {

using Verb = Operation::Verb;

Script RandomLongScript() {
  Capabilities capabilities;
  capabilities.interests = Interest::kReadable | Interest::kWritable;
  capabilities.modes = Mode::kEdge | Mode::kOneshot;
  return RandomScript(1, 3000, capabilities);
}

// An artificial failure: the operations of `verbs` in this order, with whatever
// in between; a step of kAdd must have `interest`.
class Failing {
 public:
  explicit Failing(std::vector<Verb> verbs, Interest interest = {})
      : verbs_(std::move(verbs)), interest_(interest) {}

  std::optional<std::size_t> operator()(const Script& script) {
    ++plays_;
    std::size_t found = 0;
    for (std::size_t step = 0; step < script.size(); ++step) {
      if (script[step].verb != verbs_[found]) continue;
      if (script[step].verb == Verb::kAdd &&
          !script[step].interest.contains(interest_)) {
        continue;
      }
      if (++found == verbs_.size()) return step;
    }
    return std::nullopt;
  }

  int plays() const { return plays_; }

 private:
  const std::vector<Verb> verbs_;
  const Interest interest_;
  int plays_ = 0;
};

TEST(ShrinkerTest, LeavesOutAllThatIsNotNeeded) {
  Failing failing({Verb::kWake, Verb::kDup, Verb::kWake});
  const Script shrunk = Shrink(RandomLongScript(), std::ref(failing));
  ASSERT_EQ(shrunk.size(), 3u) << ToText(shrunk);
  EXPECT_EQ(shrunk[0].verb, Verb::kWake);
  EXPECT_EQ(shrunk[1].verb, Verb::kDup);
  EXPECT_EQ(shrunk[2].verb, Verb::kWake);
  EXPECT_LT(failing.plays(), 300);
}

TEST(ShrinkerTest, EndsWithTheFailure) {
  Failing failing({Verb::kWake});
  EXPECT_EQ(ToText(Shrink(RandomLongScript(), std::ref(failing))), "wake\n");
}

TEST(ShrinkerTest, MakesOperationsSimpler) {
  Failing failing({Verb::kAdd, Verb::kWait}, Interest::kWritable);
  EXPECT_EQ(ToText(Shrink(RandomLongScript(), std::ref(failing))),
            "add 0 token 1 writable level\nwait 1024 now\n");
}

TEST(ShrinkerTest, KeepsWhatCannotBeLeftOut) {
  const absl::string_view text = "wake\nread 0\nwake\nread 0\nwake\n";
  const absl::StatusOr<Script> script = ParseScript(text);
  ASSERT_TRUE(script.ok());
  Failing failing(
      {Verb::kWake, Verb::kRead, Verb::kWake, Verb::kRead, Verb::kWake});
  EXPECT_EQ(ToText(Shrink(*script, std::ref(failing))), text);
}

TEST(ShrinkerTest, FindsTwoThatCanOnlyBeLeftOutTogether) {
  // Fails with an even number of wake-ups above zero only.
  const auto failing = [](const Script& script) -> std::optional<std::size_t> {
    std::size_t wakes = 0;
    for (const Operation& operation : script) {
      if (operation.verb == Verb::kWake) ++wakes;
    }
    if (wakes == 0 || wakes % 2 == 1) return std::nullopt;
    return script.size() - 1;
  };
  const absl::StatusOr<Script> script =
      ParseScript("wake\nwake\nwake\nread 0\nwake\nwake\nwake\n");
  ASSERT_TRUE(script.ok());
  EXPECT_EQ(ToText(Shrink(*script, failing)), "wake\nwake\n");
}

TEST(ShrinkerTest, PlaysNoMoreThanItMay) {
  Failing failing({Verb::kWake, Verb::kDup, Verb::kWake});
  const Script shrunk = Shrink(RandomLongScript(), std::ref(failing), 10);
  EXPECT_LE(failing.plays(), 10);
  EXPECT_TRUE(failing(shrunk).has_value());
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
