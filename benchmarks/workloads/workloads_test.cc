// Runs each workload briefly with each contestant that needs nothing but this
// library, and checks that it delivers what it says. No test depends on time.

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/driver.h"
#include "benchmarks/drivers/contestants.h"
#include "benchmarks/workload.h"
#include "benchmarks/workloads/all_cases.h"
#include "benchmarks/workloads/chain.h"
#include "benchmarks/workloads/churn.h"
#include "benchmarks/workloads/echo.h"
#include "benchmarks/workloads/heap.h"
#include "benchmarks/workloads/idle.h"
#include "benchmarks/workloads/modes.h"
#include "benchmarks/workloads/named_mode.h"
#include "benchmarks/workloads/post.h"
#include "benchmarks/workloads/ready_batch.h"
#include "benchmarks/workloads/rearm.h"
#include "benchmarks/workloads/scale.h"
#include "benchmarks/workloads/timers.h"
#include "benchmarks/workloads/wake.h"
#include "event/interest.h"
#include "event/mode.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace benchmarks {

void PrintTo(const Contestant& contestant, std::ostream* out) {
  *out << contestant.name;
}

namespace {

using ::testing::Combine;
using ::testing::Contains;
using ::testing::TestWithParam;
using ::testing::ValuesIn;

// A case, and what a run of it must tell.
struct Expectation {
  std::string name;
  Case tiny;
  std::int64_t asked;       // Operations given to Run.
  std::int64_t operations;  // Done.
  std::int64_t events;      // kAnyNumber: not determined.
  std::int64_t waits;       // Of a library that tells; kAnyNumber likewise.
};

constexpr std::int64_t kAnyNumber = -2;

std::vector<Expectation> Expectations() {
  return {
      {"chain", ChainCase(5, 1), 23, 23, 23, 23},
      {"chain_of_two_active", ChainCase(6, 2), 24, 24, 24, 12},
      {"chain_shorter_than_active", ChainCase(6, 3), 2, 2, 2, 1},
      {"edge_chain", EdgeChainCase(5, 1), 23, 23, 23, 23},
      {"edge_chain_of_two_active", EdgeChainCase(6, 2), 24, 24, 24, 12},
      {"edge_chain_all_active", EdgeChainCase(4, 4), 100, 100, 100, 25},
      {"ready_batch", ReadyBatchCase(4), 10, 12, 12, 3},
      {"rearm_read", RearmCase(3, RearmVariant::kRead), 7, 9, 9, 3},
      {"rearm_stays_ready", RearmCase(3, RearmVariant::kStaysReady), 7, 9, 9,
       3},
      {"rearm_late", RearmCase(3, RearmVariant::kLate), 7, 9, 9, 6},
      {"rearm_late_stays_ready", RearmCase(3, RearmVariant::kLateStaysReady), 7,
       9, 9, 6},
      {"add_remove", ChurnCase(ChurnForm::kAddRemove), 5, 5, 0, 0},
      {"open_fire_close", ChurnCase(ChurnForm::kOpenFireClose), 5, 5, 5, 5},
      {"churn_in_batches", ChurnCase(ChurnForm::kBatches), 70, 128, 0, 4},
      {"churn_one_by_one", ChurnCase(ChurnForm::kOneByOne), 5, 5, 0, 10},
      {"ping_pong_one_core", WakeCase(WakeForm::kPingPongOneCore), 11, 12, 0,
       kAnyNumber},
      {"ping_pong_any_core", WakeCase(WakeForm::kPingPongAnyCore), 10, 10, 0,
       kAnyNumber},
      {"storm", WakeCase(WakeForm::kStorm), 1000, 1000, kAnyNumber, kAnyNumber},
      {"coalesced", WakeCase(WakeForm::kCoalesced), 50, 50, 0, 1},
      {"timers_postponed", TimersCase(TimersForm::kPostpone, 10), 25, 30, 0, 3},
      {"timers_cancelled", TimersCase(TimersForm::kCancelAdd, 10), 25, 30, 0,
       3},
      {"timers_expired", TimersCase(TimersForm::kExpire, 10), 10, 10, 10,
       kAnyNumber},
      {"post_pending", PostCase(PostForm::kPending), 1500, 2000, 0, 2},
      {"post_ping_pong", PostCase(PostForm::kPingPong), 15, 16, 0, kAnyNumber},
      {"post_threads", PostCase(PostForm::kThreads), 1001, 1004, 0, kAnyNumber},
      {"modes_level", ModesCase(kEchoModes[0], 3, 64), 7, 9, 9, 3},
      {"modes_edge", ModesCase(kEchoModes[1], 3, 64), 7, 9, 9, 3},
      {"modes_oneshot", ModesCase(kEchoModes[2], 3, 64), 7, 9, 9, 3},
      {"modes_edge_oneshot", ModesCase(kEchoModes[3], 3, 64), 7, 9, 9, 3},
      {"idle", IdleCase(3), 17, 17, 0, 17},
      {"scale", ScaleCase(1000), 30, 30, 30, 30},
      // Beyond the limit of open descriptors on most machines (IdleHandles).
      {"scale_large", ScaleCase(30000), 30, 30, 30, 30},
      {"echo", EchoCase(3, 64), 50, 50, 50, kAnyNumber},
      {"echo_oneshot", OneshotEchoCase(3, 64), 50, 50, 50, kAnyNumber},
      {"echo_of_large_messages", EchoCase(3, 4096), 50, 50, kAnyNumber,
       kAnyNumber},
  };
}

using Parameter = std::tuple<Expectation, Contestant>;

class WorkloadTest : public TestWithParam<Parameter> {};

std::string NameOf(const ::testing::TestParamInfo<Parameter>& info) {
  return absl::StrCat(std::get<0>(info.param).name, "_",
                      std::get<1>(info.param).name);
}

INSTANTIATE_TEST_SUITE_P(Standard, WorkloadTest,
                         Combine(ValuesIn(Expectations()),
                                 ValuesIn(StandardContestants())),
                         NameOf);

TEST_P(WorkloadTest, DeliversWhatItSays) {
  const auto& [expected, contestant] = GetParam();
  const std::unique_ptr<Workload> workload = expected.tiny.open();
  if (!workload->Suits(*contestant.make())) {
    GTEST_SKIP() << contestant.name << " does not suit";
  }
  // Twice: a workload outlives its sessions, and a session its runs.
  for (int start = 0; start < 2; ++start) {
    const std::unique_ptr<Session> session = workload->Start(contestant.make);
    for (int run = 0; run < 2; ++run) {
      const Counts counts = session->Run(expected.asked);
      EXPECT_EQ(counts.operations, expected.operations);
      if (expected.events != kAnyNumber) {
        EXPECT_EQ(counts.events, expected.events);
      }
      if (expected.waits != kAnyNumber) {
        EXPECT_EQ(counts.waits, expected.waits);
      }
    }
  }
}

// Only poll lacks something, and the ring by hand has nothing beside it; and a
// poll request that waits for the next turn would find another file under a
// number that is used again.
TEST(WorkloadsTest, SuitThoseWhoHaveTheMode) {
  for (const Expectation& expected : Expectations()) {
    const std::unique_ptr<Workload> workload = expected.tiny.open();
    for (const Contestant& contestant : StandardContestants()) {
      if (contestant.name == "poll") continue;
      const std::string& workload_name = expected.tiny.workload;
      const bool is_ring = absl::EndsWith(contestant.name, "io_uring");
      if (is_ring && expected.name == "scale_large") continue;
      if (contestant.name == "raw_io_uring" &&
          (workload_name == "timers" || workload_name == "post")) {
        continue;
      }
      EXPECT_TRUE(workload->Suits(*contestant.make()))
          << expected.name << " " << contestant.name;
    }
  }
}

double ExtraOf(const Counts& counts, const std::string& name) {
  for (const auto& [key, value] : counts.extra) {
    if (key == name) return value;
  }
  ADD_FAILURE() << "no " << name;
  return 0;
}

TEST(EchoTest, TellsLatencies) {
  const std::unique_ptr<Workload> workload = EchoCase(4, 64).open();
  const auto session = workload->Start(StandardContestants()[0].make);
  const Counts counts = session->Run(1000);
  EXPECT_GT(ExtraOf(counts, "p50_ns"), 0);
  EXPECT_GE(ExtraOf(counts, "p99_ns"), ExtraOf(counts, "p50_ns"));
  EXPECT_GE(ExtraOf(counts, "p999_ns"), ExtraOf(counts, "p99_ns"));
}

// A contestant that takes a known number of bytes for each registration.
class Spendthrift final : public Driver {
 public:
  explicit Spendthrift(const DriverFactory& make_driver)
      : driver_(make_driver()) {}
  bool Supports(event_selector::Mode mode) const override {
    return driver_->Supports(mode);
  }
  void Watch(int fd, std::uint32_t index, event_selector::Interest interest,
             event_selector::Mode mode) override {
    driver_->Watch(fd, index, interest, mode);
    memory_.push_back(std::make_unique<Block>());
  }
  void Change(int fd, std::uint32_t index, event_selector::Interest interest,
              event_selector::Mode mode) override {
    driver_->Change(fd, index, interest, mode);
  }
  void Unwatch(int fd, std::uint32_t index) override {
    driver_->Unwatch(fd, index);
  }
  void Turn(Handler& handler, Blocking blocking) override {
    driver_->Turn(handler, blocking);
  }
  std::int64_t Run(Handler& handler) override { return driver_->Run(handler); }
  void Stop() override { driver_->Stop(); }
  void Wake() override { driver_->Wake(); }

 private:
  struct Block {
    char bytes[1000];
  };
  const std::unique_ptr<Driver> driver_;
  std::vector<std::unique_ptr<Block>> memory_;
};

TEST(ScaleTest, TellsTheMemoryOfARegistration) {
  if (!HeapBytesInUse()) GTEST_SKIP() << "malloc does not count here";
  const std::unique_ptr<Workload> workload = ScaleCase(1000).open();
  const Contestant raw = StandardContestants()[0];
  const double thrifty =
      ExtraOf(workload->Start(raw.make)->Run(1), "bytes_per_registration");
  EXPECT_EQ(thrifty, 0);
  const double spent = ExtraOf(
      workload->Start([&] { return std::make_unique<Spendthrift>(raw.make); })
          ->Run(1),
      "bytes_per_registration");
  EXPECT_GE(spent, 1000);
  EXPECT_LE(spent, 1100);
}

TEST(AllCasesTest, HasEveryWorkload) {
  std::vector<std::string> names;
  for (const Case& each : AllCases()) names.push_back(each.workload);
  for (const char* name :
       {"chain", "ready_batch", "rearm", "churn", "wake", "timers", "post",
        "modes", "idle", "scale", "echo"}) {
    EXPECT_THAT(names, Contains(name));
  }
}

}  // namespace
}  // namespace benchmarks
