// Whether the load of signals can fail. That it passes is in soak_test.cc.

#include "tests/soak/signal_load_posix.h"

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/soak/faulty_selector.h"
#include "tests/soak/load.h"
#include "tests/soak/setting.h"
#include "tests/soak/soak_run.h"

namespace event_selector {
namespace soak {
namespace {

using ::testing::Contains;
using ::testing::StartsWith;

std::vector<std::string> FindWith(Fault fault) {
  SoakOptions options;
  options.duration = absl::Seconds(60);
  options.report_every = absl::Milliseconds(500);
  options.patience = absl::Seconds(2);
  options.limits.heap_bytes = 256 * 1024;
  options.create = MakeFaulty(fault, 10);
  std::ostringstream out;
  Soak soak(options, out);
  soak.Add([](const Setting& setting) -> std::unique_ptr<Load> {
    return std::make_unique<SignalLoad>(setting);
  });
  return soak.Run();
}

TEST(SignalLoadTest, FindsALostWakeUp) {
  if (FirstBackend() == nullptr) GTEST_SKIP() << "no backend";
  EXPECT_THAT(FindWith(Fault::kDropWake),
              Contains(StartsWith("signal: lost: ")));
}

TEST(SignalLoadTest, FindsAWaitThatEndsEarly) {
  if (FirstBackend() == nullptr) GTEST_SKIP() << "no backend";
  EXPECT_THAT(FindWith(Fault::kEndEarly),
              Contains(StartsWith("signal: early: ")));
}

}  // namespace
}  // namespace soak
}  // namespace event_selector
