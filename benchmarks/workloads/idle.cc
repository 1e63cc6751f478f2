#include "benchmarks/workloads/idle.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "benchmarks/driver.h"
#include "benchmarks/workload.h"
#include "benchmarks/workloads/socket_ring.h"
#include "benchmarks/workloads/watched.h"
#include "event/mode.h"

namespace benchmarks {
namespace {

class IdleSession final : public Session, private Handler {
 public:
  IdleSession(const SocketRing& ring, event_selector::Mode mode,
              std::unique_ptr<Driver> driver)
      : watched_(ring, mode, std::move(driver)) {}

  Counts Run(std::int64_t operations) override {
    events_ = 0;
    for (std::int64_t i = 0; i < operations; ++i) {
      driver_.Turn(*this, Blocking::kNo);
    }
    return {operations, events_, operations, {}};
  }

 private:
  void OnReady(std::uint32_t /*index*/) override { ++events_; }

  const Watched<SocketRing> watched_;
  Driver& driver_ = watched_.driver();
  std::int64_t events_ = 0;
};

class Idle final : public Workload {
 public:
  explicit Idle(std::uint32_t handles) : ring_(handles) {}

  bool Suits(const Driver& /*driver*/) const override { return true; }

  std::unique_ptr<Session> Start(const DriverFactory& make_driver) override {
    std::unique_ptr<Driver> driver = make_driver();
    const event_selector::Mode mode =
        ModeOr(event_selector::Mode::kLevel, *driver);
    return std::make_unique<IdleSession>(ring_, mode, std::move(driver));
  }

 private:
  const SocketRing ring_;
};

}  // namespace

Case IdleCase(std::uint32_t handles) {
  return {"idle", {{"handles", handles}}, "wait", [=] {
            return std::make_unique<Idle>(handles);
          }};
}

std::vector<Case> IdleCases() { return {IdleCase(1), IdleCase(1000)}; }

}  // namespace benchmarks
