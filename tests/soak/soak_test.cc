// The soak test in short, and whether it can fail: each load, on a selector
// with each fault that it is there to find.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "event/mode.h"
#include "event/selector.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/soak/all_loads.h"
#include "tests/soak/churn_load.h"
#include "tests/soak/counters.h"
#include "tests/soak/driver.h"
#include "tests/soak/echo_load.h"
#include "tests/soak/faulty_selector.h"
#include "tests/soak/lifetime_load.h"
#include "tests/soak/load.h"
#include "tests/soak/oneshot_load.h"
#include "tests/soak/process_usage.h"
#include "tests/soak/setting.h"
#include "tests/soak/soak_run.h"
#include "tests/soak/timeout_load.h"
#include "tests/soak/wake_load.h"
#include "tests/support/socket.h"
#include "tests/support/wine.h"

namespace event_selector {
namespace soak {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

using Findings = std::vector<std::string>;

// More than the caches of the allocator and the lines of a report take.
constexpr std::size_t kHeapMargin = 256 * 1024;

class SoakTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (FirstBackend() == nullptr) GTEST_SKIP() << "no backend";
  }

  // What a run finds that is to fail: short, and soon out of patience.
  template <typename L>
  Findings FindIn(const SelectorFactory& create = FirstBackend()) {
    SoakOptions options;
    options.duration = absl::Seconds(60);
    options.report_every = absl::Milliseconds(500);
    options.warm_up = 0;
    options.patience = absl::Seconds(2);
    options.limits.heap_bytes = kHeapMargin;
    options.create = create;
    std::ostringstream out;
    Soak soak(options, out);
    soak.Add([](const Setting& setting) -> std::unique_ptr<Load> {
      return std::make_unique<L>(setting);
    });
    return soak.Run();
  }
};

auto Finding(absl::string_view load, absl::string_view what) {
  return Contains(AllOf(StartsWith(std::string(load) + ": "),
                        HasSubstr(std::string(what))));
}

TEST_F(SoakTest, AllLoadsRunWithoutAFinding) {
  SoakOptions options;
  options.duration = absl::Seconds(3);
  options.report_every = absl::Seconds(1);
  options.limits.heap_bytes = kHeapMargin;
  options.limits.resident_bytes = 64 * 1024 * 1024;
  std::ostringstream out;
  Soak soak(options, out);
  AddAllLoads(soak);
  EXPECT_THAT(soak.Run(), IsEmpty());
  const Counters& counters = soak.counters();
  for (const Count count :
       {Count::kReadable, Count::kWritable, Count::kClosed, Count::kWakesAsked,
        Count::kWakesDelivered, Count::kRegistrations, Count::kSelectors,
        Count::kBytes, Count::kTimedWaits}) {
    EXPECT_THAT(counters.Get(count), Gt(0)) << static_cast<int>(count);
  }
  const std::string table = out.str();
  EXPECT_THAT(table, HasSubstr("heap KiB"));
  EXPECT_GE(std::count(table.begin(), table.end(), '\n'), 2) << table;
}

TEST_F(SoakTest, EchoFindsALostEdge) {
  EXPECT_THAT(FindIn<EchoLoad>(MakeFaulty(Fault::kDropEvent, 100)),
              Finding("echo", "lost"));
}

TEST_F(SoakTest, OneshotFindsALostEvent) {
  EXPECT_THAT(FindIn<OneshotLoad>(MakeFaulty(Fault::kDropEvent, 100)),
              Finding("oneshot", "lost"));
}

TEST_F(SoakTest, OneshotFindsADoubleEvent) {
  EXPECT_THAT(FindIn<OneshotLoad>(MakeFaulty(Fault::kDoubleEvent, 100)),
              Finding("oneshot", "double"));
}

TEST_F(SoakTest, OneshotFindsALostArming) {
  EXPECT_THAT(FindIn<OneshotLoad>(MakeFaulty(Fault::kDropModify, 100)),
              Finding("oneshot", "lost"));
}

TEST_F(SoakTest, ChurnFindsALostEvent) {
  EXPECT_THAT(FindIn<ChurnLoad>(MakeFaulty(Fault::kDropEvent, 7)),
              Finding("churn", "lost"));
}

TEST_F(SoakTest, ChurnFindsARegistrationThatWasNotRemoved) {
  // The backend polls the number that was closed, and Wine's server dies of a
  // poll of a socket that another thread is just making (server/fd.c,
  // set_fd_events).
  if (testing::RunsUnderWine()) GTEST_SKIP() << "Wine would crash";
  EXPECT_THAT(FindIn<ChurnLoad>(MakeFaulty(Fault::kDropRemove, 1)),
              Finding("churn", "stale"));
}

TEST_F(SoakTest, ChurnFindsARegistrationThatWasNotModified) {
  const std::unique_ptr<Selector> selector = FirstBackend()();
  const Findings findings =
      FindIn<ChurnLoad>(MakeFaulty(Fault::kDropModify, 10));
  if (selector->capabilities().modes.contains(Mode::kEdge)) {
    EXPECT_THAT(findings, Finding("churn", "lost"));
  } else {
    // Where it is not edge-triggered, the old registration is reported on.
    EXPECT_THAT(findings,
                AnyOf(Finding("churn", "lost"), Finding("churn", "stale")));
  }
}

TEST_F(SoakTest, WakeFindsALostWakeUp) {
  EXPECT_THAT(FindIn<WakeLoad>(MakeFaulty(Fault::kDropWake, 10)),
              Finding("wake", "lost"));
}

TEST_F(SoakTest, WakeFindsADoubleWakeUp) {
  EXPECT_THAT(FindIn<WakeLoad>(MakeFaulty(Fault::kDoubleWake, 10)),
              Finding("wake", "double"));
}

TEST_F(SoakTest, TimeoutFindsAWaitThatEndsEarly) {
  EXPECT_THAT(FindIn<TimeoutLoad>(MakeFaulty(Fault::kEndEarly, 20)),
              Finding("timeout", "expected nothing for"));
}

TEST_F(SoakTest, LifetimeFindsALostEvent) {
  EXPECT_THAT(FindIn<LifetimeLoad>(MakeFaulty(Fault::kDropEvent, 2)),
              Finding("lifetime", "lost: expected one oneshot"));
}

TEST_F(SoakTest, LifetimeFindsACloseThatIsNotHeeded) {
  EXPECT_THAT(FindIn<LifetimeLoad>(MakeFaulty(Fault::kDropClose, 3)),
              Finding("lifetime", "lost: expected that Close"));
}

// ---- Loads that are at fault themselves

class ToyLoad : public Load {
 public:
  absl::string_view name() const override { return "toy"; }
  void Start() override { StartDrivers(); }
  void Stop() override { StopDrivers(); }

 protected:
  static constexpr absl::Duration kPeriod = absl::Milliseconds(1);
};

class HeapLeak final : public ToyLoad {
 public:
  explicit HeapLeak(const Setting& /*setting*/) {
    AddDriver(kPeriod, [this](Driver&) {
      leaked_.push_back(std::make_unique<char[]>(kHeapMargin));
      return true;
    });
  }

 private:
  std::vector<std::unique_ptr<char[]>> leaked_;
};

TEST_F(SoakTest, AGrowingHeapIsFound) {
  if (!MeasureProcess().heap_bytes) GTEST_SKIP() << "not known";
  EXPECT_THAT(FindIn<HeapLeak>(), Finding("growth", "bytes of heap"));
}

class DescriptorLeak final : public ToyLoad {
 public:
  explicit DescriptorLeak(const Setting& /*setting*/) {
    AddDriver(absl::Milliseconds(100), [this](Driver&) {
      leaked_.push_back(testing::MakeStreamPair());
      return true;
    });
  }

 private:
  std::vector<testing::SocketPair> leaked_;
};

TEST_F(SoakTest, AnOpenDescriptorIsFound) {
  if (!MeasureProcess().descriptors) GTEST_SKIP() << "not known";
  EXPECT_THAT(FindIn<DescriptorLeak>(), Finding("growth", "descriptors"));
}

// Keeps a descriptor beyond its own end.
class DescriptorLeftOpen final : public ToyLoad {
 public:
  static testing::Socket left;
  explicit DescriptorLeftOpen(const Setting& setting) {
    AddDriver(kPeriod, [](Driver&) { return true; });
    // Ends the run after its first line.
    setting.findings.Add("toy", "enough");
    left = testing::MakeStreamPair().a;
  }
};
testing::Socket DescriptorLeftOpen::left;

TEST_F(SoakTest, ADescriptorLeftOpenAtTheEndIsFound) {
  if (!MeasureProcess().descriptors) GTEST_SKIP() << "not known";
  EXPECT_THAT(FindIn<DescriptorLeftOpen>(),
              Finding("descriptors", "as at the start"));
  DescriptorLeftOpen::left.Close();
}

class StalledLoad final : public ToyLoad {
 public:
  explicit StalledLoad(const Setting& setting) {
    AddDriver(kPeriod, [patience = setting.patience](Driver& driver) {
      driver.Await([] { return false; }, 3 * patience);
      return true;
    });
  }
};

TEST_F(SoakTest, ARoundThatDoesNotEndIsFound) {
  EXPECT_THAT(FindIn<StalledLoad>(), Finding("toy", "no progress"));
}

class TiredLoad final : public ToyLoad {
 public:
  explicit TiredLoad(const Setting& /*setting*/) {
    AddDriver(kPeriod, [](Driver& driver) { return driver.rounds() < 3; });
  }
};

TEST_F(SoakTest, ALoadThatHasGivenUpIsFound) {
  EXPECT_THAT(FindIn<TiredLoad>(), Finding("toy", "no progress"));
}

}  // namespace
}  // namespace soak
}  // namespace event_selector
