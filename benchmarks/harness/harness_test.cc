// Parses back what the comparison writes, and checks it. No test depends on
// time.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "benchmarks/driver.h"
#include "benchmarks/drivers/contestants.h"
#include "benchmarks/harness/case_name.h"
#include "benchmarks/harness/json_line.h"
#include "benchmarks/harness/json_test_parser.h"
#include "benchmarks/harness/machine.h"
#include "benchmarks/harness/runner.h"
#include "benchmarks/workload.h"
#include "benchmarks/workloads/all_cases.h"
#include "event/mode.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace benchmarks {
namespace {

using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::SizeIs;

TEST(JsonParserTest, RefusesWhatIsNotJson) {
  for (const char* text :
       {"", "{", "{}x", "{\"a\":}", "{\"a\" 1}", "{a:1}", "{\"a\":1,}",
        "{\"a\":01}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":nan}", "{\"a\":inf}",
        "{\"a\":\"}", "{\"a\":\"\n\"}", "{\"a\":1,\"a\":2}",
        "{\"a\":1}{\"a\":1}"}) {
    EXPECT_FALSE(ParseJson(text)) << text;
  }
}

TEST(JsonLineTest, CanBeParsedBack) {
  JsonLine inner;
  inner.Add("deep", "value");
  const std::string text = JsonLine()
                               .Add("integer", std::int64_t{1} << 40)
                               .Add("negative", std::int64_t{-3})
                               .Add("real", 0.125)
                               .Add("large", 1.5e30)
                               .Add("odd", "quote\" backslash\\ tab\t")
                               .AddBool("yes", true)
                               .AddBool("no", false)
                               .AddNull("nothing")
                               .Add("object", inner)
                               .Add("empty", JsonLine())
                               .ToString();
  std::optional<Json> json = ParseJson(text);
  ASSERT_TRUE(json) << text;
  EXPECT_THAT(json->members, SizeIs(10));
  EXPECT_EQ(json->members["integer"].number, 1099511627776.0);
  EXPECT_EQ(json->members["negative"].number, -3);
  EXPECT_EQ(json->members["real"].number, 0.125);
  EXPECT_EQ(json->members["large"].number, 1.5e30);
  EXPECT_EQ(json->members["odd"].string, "quote\" backslash\\ tab\t");
  EXPECT_TRUE(json->members["yes"].boolean);
  EXPECT_FALSE(json->members["no"].boolean);
  EXPECT_EQ(json->members["no"].kind, Json::Kind::kBool);
  EXPECT_EQ(json->members["nothing"].kind, Json::Kind::kNull);
  EXPECT_EQ(json->members["object"].members["deep"].string, "value");
  EXPECT_THAT(json->members["empty"].members, SizeIs(0));
}

TEST(MachineTest, IsDescribed) {
  std::optional<Json> json =
      ParseJson(DescribeMachine({{"libnone", "1.2"}}).ToString());
  ASSERT_TRUE(json);
  for (const char* name : {"cpu", "kernel", "compiler"}) {
    EXPECT_THAT(json->members[name].string, Not("")) << name;
  }
  EXPECT_GE(json->members["cores"].number, 1);
  EXPECT_EQ(json->members["optimized"].kind, Json::Kind::kBool);
  EXPECT_EQ(json->members["assertions"].kind, Json::Kind::kBool);
  EXPECT_EQ(json->members["libraries"].members["libnone"].string, "1.2");
}

// A workload that notes who runs it, and tells numbers that are easy to find
// again.
class Noting final : public Workload {
 public:
  explicit Noting(std::vector<std::int64_t>* runs) : runs_(runs) {}

  bool Suits(const Driver& driver) const override {
    return driver.Supports(event_selector::Mode::kEdge);
  }

  std::unique_ptr<Session> Start(const DriverFactory& /*make*/) override {
    runs_->push_back(kStart);
    return std::make_unique<NotingSession>(runs_);
  }

  static constexpr std::int64_t kStart = -1;

 private:
  class NotingSession final : public Session {
   public:
    explicit NotingSession(std::vector<std::int64_t>* runs) : runs_(runs) {}
    Counts Run(std::int64_t operations) override {
      runs_->push_back(operations);
      return {operations, 7, Driver::kUnknown, {{"extra", 2.5}}};
    }

   private:
    std::vector<std::int64_t>* const runs_;
  };

  std::vector<std::int64_t>* const runs_;
};

Case NotingCase(std::vector<std::int64_t>* runs) {
  return {"noting",
          {{"number", 3}, {"text", "some"}},
          "thing",
          [=] { return std::make_unique<Noting>(runs); },
          80};
}

// Those that run on every kernel.
std::vector<Contestant> UsualContestants() {
  std::vector<Contestant> usual;
  for (const Contestant& contestant : StandardContestants()) {
    if (!absl::StrContains(contestant.name, "io_uring")) {
      usual.push_back(contestant);
    }
  }
  return usual;
}

std::vector<Json> LinesOf(const std::vector<Case>& cases,
                          const RunnerOptions& options) {
  std::ostringstream out;
  RunCases(cases, UsualContestants(), options, out);
  std::vector<Json> lines;
  for (const std::string& line :
       std::vector<std::string>(absl::StrSplit(out.str(), '\n'))) {
    if (line.empty()) continue;
    std::optional<Json> json = ParseJson(line);
    EXPECT_TRUE(json) << line;
    if (json) lines.push_back(*json);
  }
  return lines;
}

TEST(RunnerTest, WritesASampleForEachContestantAndRound) {
  std::vector<std::int64_t> runs;
  RunnerOptions options;
  options.pairs = 4;
  std::vector<Json> lines = LinesOf({NotingCase(&runs)}, options);
  // Not for poll, which the workload does not suit.
  ASSERT_THAT(lines, SizeIs(4 * 4));
  std::map<double, std::vector<std::string>> orders;
  for (Json& line : lines) {
    auto& members = line.members;
    EXPECT_EQ(members["workload"].string, "noting");
    EXPECT_EQ(members["parameters"].members["number"].number, 3);
    EXPECT_EQ(members["parameters"].members["text"].string, "some");
    EXPECT_EQ(members["unit"].string, "thing");
    EXPECT_EQ(members["operations"].number, 80);
    EXPECT_EQ(members["events"].number, 7);
    EXPECT_EQ(members["waits"].kind, Json::Kind::kNull);
    EXPECT_EQ(members["extra"].number, 2.5);
    EXPECT_EQ(members["cpu_ns"].kind, Json::Kind::kNumber);
    EXPECT_EQ(members["wall_ns"].kind, Json::Kind::kNumber);
    orders[members["round"].number].push_back(members["contestant"].string);
  }
  std::set<std::vector<std::string>> different;
  for (auto& [round, order] : orders) {
    different.insert(order);
    std::sort(order.begin(), order.end());
    EXPECT_THAT(order, ElementsAre("raw_epoll", "raw_epoll_again", "selector",
                                   "selector_single_waiter"));
  }
  EXPECT_THAT(orders, SizeIs(4));
  EXPECT_GE(different.size(), 2u) << "the order is the same in each round";
  // Each sample: a new session, which warms up.
  ASSERT_THAT(runs, SizeIs(3 * 4 * 4));
  for (std::size_t i = 0; i < runs.size(); i += 3) {
    EXPECT_EQ(runs[i], Noting::kStart);
    EXPECT_EQ(runs[i + 1], 10);
    EXPECT_EQ(runs[i + 2], 80);
  }
}

TEST(RunnerTest, OnlyCountsIfAskedTo) {
  std::vector<std::int64_t> runs;
  RunnerOptions options;
  options.count_only = 123;
  std::vector<Json> lines = LinesOf({NotingCase(&runs)}, options);
  ASSERT_THAT(lines, SizeIs(4));
  for (Json& line : lines) {
    EXPECT_EQ(line.members["operations"].number, 123);
    EXPECT_EQ(line.members.count("cpu_ns"), 0u);
    EXPECT_EQ(line.members.count("wall_ns"), 0u);
  }
  EXPECT_THAT(runs, ElementsAre(Noting::kStart, 123, Noting::kStart, 123,
                                Noting::kStart, 123, Noting::kStart, 123));
}

// Every case that is quick enough, as it is.
TEST(RunnerTest, RunsTheRealCases) {
  std::vector<Case> cases;
  for (Case& each : AllCases()) {
    const std::string name = CaseName(each);
    if (name == "ready_batch/handles:16" || name == "idle/handles:1" ||
        name == "rearm/handles:16/variant:late" ||
        name == "modes/mode:edge/pairs:16/bytes:64") {
      cases.push_back(std::move(each));
    }
  }
  ASSERT_THAT(cases, SizeIs(4));
  RunnerOptions options;
  options.pairs = 1;
  options.min_time = absl::Microseconds(100);
  std::vector<Json> lines = LinesOf(cases, options);
  EXPECT_THAT(lines, SizeIs(5 + 5 + 5 + 4));
  for (Json& line : lines) {
    EXPECT_GE(line.members["operations"].number, 1);
    EXPECT_GT(line.members["cpu_ns"].number, 0);
    EXPECT_GT(line.members["wall_ns"].number, 0);
  }
}

TEST(CaseNameTest, TellsAllParameters) {
  std::vector<std::int64_t> runs;
  EXPECT_EQ(CaseName(NotingCase(&runs)), "noting/number:3/text:some");
}

TEST(CaseNameTest, IsDifferentForEachCase) {
  std::set<std::string> names;
  for (const Case& each : AllCases()) {
    EXPECT_TRUE(names.insert(CaseName(each)).second) << CaseName(each);
  }
}

}  // namespace
}  // namespace benchmarks
