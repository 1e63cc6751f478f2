// That the parts which are libraries of their own can be used together: a
// selector that counts, over one that is simulated.

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/instrumented_selector.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulation.h"
#include "event/token.h"
#include "event/version.h"
#include "gtest/gtest.h"

#if EVENT_SELECTOR_VERSION < 100
#error "0.1.0 is the first version"
#endif

namespace {

TEST(OptionalPartsTest, CountWhatIsSimulated) {
  event_selector::testing::Simulation simulation;
  auto simulated =
      std::make_unique<event_selector::testing::SimulatedSelector>(simulation);
  event_selector::InstrumentedSelector selector(std::move(simulated));
  const event_selector::Handle handle = simulation.MakeHandle();
  simulation.After(absl::Hours(1), [&] {
    simulation.SetReadiness(handle, event_selector::Readiness::kReadable);
  });

  const absl::Status added = selector.Add(handle, event_selector::Token(7),
                                          event_selector::Interest::kReadable);
  ASSERT_TRUE(added.ok()) << added;
  event_selector::Event buffer[4];
  const auto events =
      selector.Wait(absl::MakeSpan(buffer), absl::InfiniteDuration());
  ASSERT_TRUE(events.ok()) << events.status();
  ASSERT_EQ(events->size(), 1U);
  EXPECT_EQ((*events)[0].token, event_selector::Token(7));
  EXPECT_EQ(simulation.now(), absl::Hours(1));
  EXPECT_EQ(selector.statistics().events, 1U);
}

}  // namespace
