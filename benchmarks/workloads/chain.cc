#include "benchmarks/workloads/chain.h"

#include <algorithm>
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

class ChainSession final : public Session, private Handler {
 public:
  ChainSession(const SocketRing& ring, std::uint32_t active,
               std::unique_ptr<Driver> driver)
      : watched_(ring, event_selector::Mode::kLevel, std::move(driver)),
        active_(active) {}

  Counts Run(std::int64_t operations) override {
    unread_ = unwritten_ = operations;
    const std::uint32_t distance = ring_.size() / active_;
    for (std::uint32_t i = 0; i < active_ && unwritten_ > 0; ++i) {
      --unwritten_;
      ring_.WriteByteFor(i * distance);
    }
    const std::int64_t waits = driver_.Run(*this);
    return {operations, operations, waits, {}};
  }

 private:
  void OnReady(std::uint32_t index) override {
    ring_.ReadByteOf(index);
    if (unwritten_ > 0) {
      --unwritten_;
      ring_.WriteByteFor(index + 1 < ring_.size() ? index + 1 : 0);
    }
    if (--unread_ == 0) driver_.Stop();
  }

  const Watched<SocketRing> watched_;
  const SocketRing& ring_ = watched_.handles();
  const std::uint32_t active_;
  Driver& driver_ = watched_.driver();
  std::int64_t unread_ = 0;
  std::int64_t unwritten_ = 0;
};

class EdgeChainSession final : public Session, private Handler {
 public:
  EdgeChainSession(const SocketRing& ring, std::uint32_t active,
                   std::unique_ptr<Driver> driver)
      : watched_(ring, event_selector::Mode::kEdge, std::move(driver)),
        active_(active) {}

  Counts Run(std::int64_t operations) override {
    unread_ = unwritten_ = operations;
    const std::uint32_t distance = ring_.size() / active_;
    for (std::uint32_t i = 0; i < active_ && unwritten_ > 0; ++i) {
      --unwritten_;
      ring_.WriteByteFor(i * distance);
    }
    const std::int64_t waits = driver_.Run(*this);
    return {operations, operations, waits, {}};
  }

 private:
  void OnReady(std::uint32_t index) override {
    // An edge may come for a byte that an earlier one has found.
    if (!ring_.TryReadByteOf(index)) return;
    if (unwritten_ > 0) {
      --unwritten_;
      ring_.WriteByteFor(index);
    }
    if (--unread_ == 0) driver_.Stop();
  }

  const Watched<SocketRing> watched_;
  const SocketRing& ring_ = watched_.handles();
  const std::uint32_t active_;
  Driver& driver_ = watched_.driver();
  std::int64_t unread_ = 0;
  std::int64_t unwritten_ = 0;
};

class Chain final : public Workload {
 public:
  Chain(std::uint32_t handles, std::uint32_t active)
      : ring_(handles), active_(active) {}

  std::unique_ptr<Session> Start(const DriverFactory& make_driver) override {
    return StartChain(ring_, active_, make_driver());
  }

 private:
  const SocketRing ring_;
  const std::uint32_t active_;
};

class EdgeChain final : public Workload {
 public:
  EdgeChain(std::uint32_t handles, std::uint32_t active)
      : ring_(handles), active_(active) {}

  bool Suits(const Driver& driver) const override {
    return driver.Supports(event_selector::Mode::kEdge);
  }

  std::unique_ptr<Session> Start(const DriverFactory& make_driver) override {
    return std::make_unique<EdgeChainSession>(ring_, active_, make_driver());
  }

 private:
  const SocketRing ring_;
  const std::uint32_t active_;
};

}  // namespace

std::unique_ptr<Session> StartChain(const SocketRing& ring,
                                    std::uint32_t active,
                                    std::unique_ptr<Driver> driver) {
  return std::make_unique<ChainSession>(ring, active, std::move(driver));
}

Case ChainCase(std::uint32_t handles, std::uint32_t active) {
  return {"chain", {{"handles", handles}, {"active", active}}, "event", [=] {
            return std::make_unique<Chain>(handles, active);
          }};
}

Case EdgeChainCase(std::uint32_t handles, std::uint32_t active) {
  return {"chain",
          {{"handles", handles}, {"active", active}, {"mode", "edge"}},
          "event",
          [=] { return std::make_unique<EdgeChain>(handles, active); }};
}

std::vector<Case> ChainCases() {
  std::vector<Case> cases;
  for (const std::uint32_t handles : {100, 1000, 10000}) {
    for (const std::uint32_t active : {1, 100}) {
      cases.push_back(ChainCase(handles, active));
    }
  }
  for (const std::uint32_t active : {1, 100, 1000}) {
    cases.push_back(EdgeChainCase(1000, active));
  }
  return cases;
}

}  // namespace benchmarks
