// Random scripts on the simulated selector and on the model of the contract
// that the backends are held against.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "event/testing/simulated_faults.h"
#include "event/testing/simulated_selector.h"
#include "gtest/gtest.h"
#include "tests/model/generator.h"
#include "tests/model/script.h"
#include "tests/model/shrinker.h"
#include "tests/model/wait_judge.h"
#include "tests/simulated/simulated_play.h"

namespace event_selector {
namespace testing {
namespace {

constexpr std::size_t kScriptLength = 2000;

struct Totals {
  std::uint64_t waits = 0;
  std::uint64_t events = 0;
};

// The step that failed; nullopt where none did.
std::optional<std::size_t> Play(const Script& script,
                                const SimulatedFaults& faults, Totals& totals,
                                std::string& message) {
  SimulatedPlay play(faults);
  std::optional<std::size_t> failed;
  for (std::size_t step = 0; step < script.size() && !failed; ++step) {
    if (Verdict verdict = play.Do(script[step])) {
      failed = step;
      message = absl::StrCat("step ", step, ", `", ToText(script[step]),
                             "`: ", *verdict);
    }
  }
  totals.waits += play.waits();
  totals.events += play.events();
  return failed;
}

// A script that fails, in full; nullopt where none of them does.
std::optional<Script> FindFailing(std::uint64_t scripts,
                                  const SimulatedFaults& faults,
                                  Totals& totals) {
  std::string message;
  for (std::uint64_t seed = 1; seed <= scripts; ++seed) {
    Script script = RandomScript(seed, kScriptLength, EveryCapability());
    if (Play(script, faults, totals, message)) return script;
  }
  return std::nullopt;
}

// As short as can be.
std::string Shorten(const Script& failing) {
  Totals totals;
  std::string message;
  const auto play = [&](const Script& script) {
    return Play(script, {}, totals, message);
  };
  const Script shrunk = Shrink(failing, play);
  static_cast<void>(play(shrunk));
  return absl::StrCat("# ", message, "\n", ToText(shrunk));
}

TEST(SimulatedModelTest, KeepsTheContract) {
  constexpr std::uint64_t kScripts = 50;
  Totals totals;
  const std::optional<Script> failing = FindFailing(kScripts, {}, totals);
  ASSERT_FALSE(failing.has_value()) << Shorten(*failing);
  // It is not as if nothing happened.
  EXPECT_GT(totals.waits, kScripts * kScriptLength / 8);
  EXPECT_GT(totals.events, kScripts * kScriptLength / 8);
}

// What the faults do is no part of the contract, and the model finds each.
TEST(SimulatedModelTest, EachFaultIsSeen) {
  constexpr std::uint64_t kScripts = 20;
  SimulatedFaults empty;
  empty.empty_wait = 1;
  SimulatedFaults spurious;
  spurious.spurious_event = 0.1;
  SimulatedFaults batches;
  batches.short_batch = 0.1;
  SimulatedFaults reordered;
  reordered.reordered = 0.5;
  SimulatedFaults late;
  late.late_event = 0.1;
  for (const SimulatedFaults& faults :
       {empty, spurious, batches, reordered, late}) {
    Totals totals;
    EXPECT_TRUE(FindFailing(kScripts, faults, totals).has_value())
        << faults.empty_wait << faults.spurious_event << faults.short_batch
        << faults.reordered << faults.late_event;
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
