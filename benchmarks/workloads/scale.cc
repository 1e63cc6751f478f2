#include "benchmarks/workloads/scale.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "benchmarks/driver.h"
#include "benchmarks/workload.h"
#include "benchmarks/workloads/chain.h"
#include "benchmarks/workloads/heap.h"
#include "benchmarks/workloads/idle_handles.h"
#include "benchmarks/workloads/socket_ring.h"
#include "event/mode.h"

namespace benchmarks {
namespace {

constexpr std::uint32_t kChainHandles = 10;

// Fewer would tell how malloc rounds, and what it had kept.
constexpr std::uint32_t kEnoughToMeasureBytes = 1000;

class ScaleSession final : public Session {
 public:
  ScaleSession(const SocketRing& ring, IdleHandles& idle,
               std::unique_ptr<Driver> driver)
      : idle_(idle),
        driver_(*driver),
        chain_(StartChain(ring, 1, std::move(driver))) {
    const std::optional<std::int64_t> before = HeapBytesInUse();
    idle_.Watch(driver_, kChainHandles);
    const std::optional<std::int64_t> after = HeapBytesInUse();
    if (before && after && idle_.count() >= kEnoughToMeasureBytes) {
      bytes_per_registration_ =
          static_cast<double>(*after - *before) / idle_.count();
    }
  }

  ~ScaleSession() override { idle_.Unwatch(driver_, kChainHandles); }

  Counts Run(std::int64_t operations) override {
    Counts counts = chain_->Run(operations);
    counts.extra.push_back({"shared", idle_.are_shared() ? 1 : 0});
    if (bytes_per_registration_) {
      counts.extra.push_back(
          {"bytes_per_registration", *bytes_per_registration_});
    }
    return counts;
  }

 private:
  IdleHandles& idle_;
  Driver& driver_;  // The chain's.
  const std::unique_ptr<Session> chain_;
  std::optional<double> bytes_per_registration_;
};

class Scale final : public Workload {
 public:
  explicit Scale(std::uint32_t idle) : idle_(idle) {}

  bool Suits(const Driver& driver) const override {
    return driver.Supports(event_selector::Mode::kLevel) &&
           (!idle_.are_shared() || driver.AllowsCloseWhileWatched());
  }

  std::unique_ptr<Session> Start(const DriverFactory& make_driver) override {
    return std::make_unique<ScaleSession>(ring_, idle_, make_driver());
  }

 private:
  const SocketRing ring_{kChainHandles};
  IdleHandles idle_;
};

}  // namespace

Case ScaleCase(std::uint32_t idle) {
  return {"scale", {{"idle", idle}}, "event", [=] {
            return std::make_unique<Scale>(idle);
          }};
}

std::vector<Case> ScaleCases() {
  std::vector<Case> cases;
  for (const std::uint32_t idle : {10, 100, 1000, 10000, 100000}) {
    cases.push_back(ScaleCase(idle));
  }
  return cases;
}

}  // namespace benchmarks
