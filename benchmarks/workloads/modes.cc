#include "benchmarks/workloads/modes.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "benchmarks/driver.h"
#include "benchmarks/workload.h"
#include "benchmarks/workloads/echo_server.h"
#include "benchmarks/workloads/named_mode.h"
#include "benchmarks/workloads/pair_echo.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

using ::event_selector::testing::Die;

class ModesSession final : public Session {
 public:
  ModesSession(const PairEchoOptions& options, std::unique_ptr<Driver> driver)
      : pairs_(options.pairs) {
    absl::StatusOr<std::unique_ptr<PairEcho>> echo =
        PairEcho::Create(options, std::move(driver));
    if (!echo.ok()) Die(echo.status().ToString());
    echo_ = *std::move(echo);
  }

  // Whole rounds: a message over each pair.
  Counts Run(std::int64_t operations) override {
    const EchoTotals before = echo_->totals();
    const std::int64_t rounds = (operations + pairs_ - 1) / pairs_;
    for (std::int64_t i = 0; i < rounds; ++i) {
      const absl::Status done = echo_->RunRound();
      if (!done.ok()) Die(done.ToString());
    }
    const EchoTotals after = echo_->totals();
    return {rounds * pairs_,
            after.events - before.events,
            after.waits - before.waits,
            {}};
  }

 private:
  const int pairs_;
  std::unique_ptr<PairEcho> echo_;
};

class Modes final : public Workload {
 public:
  explicit Modes(const PairEchoOptions& options) : options_(options) {}

  bool Suits(const Driver& driver) const override {
    return driver.Supports(options_.mode);
  }

  std::unique_ptr<Session> Start(const DriverFactory& make_driver) override {
    return std::make_unique<ModesSession>(options_, make_driver());
  }

 private:
  const PairEchoOptions options_;
};

}  // namespace

Case ModesCase(const NamedMode& mode, int pairs, std::size_t message_bytes) {
  const PairEchoOptions options = {pairs, message_bytes, mode.mode};
  return {"modes",
          {{"mode", std::string(mode.name)},
           {"pairs", pairs},
           {"bytes", static_cast<std::int64_t>(message_bytes)}},
          "message",
          [=] { return std::make_unique<Modes>(options); }};
}

int ModesDescriptors(int pairs) { return PairEcho::Descriptors(pairs); }

std::vector<Case> ModesCases() {
  std::vector<Case> cases;
  for (const NamedMode& mode : kEchoModes) {
    for (const int pairs : {1, 16, 256}) {
      cases.push_back(ModesCase(mode, pairs, 64));
    }
  }
  return cases;
}

}  // namespace benchmarks
