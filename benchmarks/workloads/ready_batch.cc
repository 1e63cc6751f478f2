#include "benchmarks/workloads/ready_batch.h"

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

class ReadyBatchSession final : public Session, private Handler {
 public:
  ReadyBatchSession(const SocketRing& ring, std::unique_ptr<Driver> driver)
      : watched_(ring, event_selector::Mode::kLevel, std::move(driver)) {}

  // Whole batches.
  Counts Run(std::int64_t operations) override {
    const std::int64_t batch = watched_.handles().size();
    target_ = (operations + batch - 1) / batch * batch;
    events_ = 0;
    const std::int64_t waits = driver_.Run(*this);
    return {events_, events_, waits, {}};
  }

 private:
  void OnReady(std::uint32_t /*index*/) override {
    if (++events_ == target_) driver_.Stop();
  }

  const Watched<SocketRing> watched_;
  Driver& driver_ = watched_.driver();
  std::int64_t events_ = 0;
  std::int64_t target_ = 0;
};

class ReadyBatch final : public Workload {
 public:
  explicit ReadyBatch(std::uint32_t handles) : ring_(handles) {
    for (std::uint32_t i = 0; i < handles; ++i) ring_.WriteByteFor(i);
  }

  std::unique_ptr<Session> Start(const DriverFactory& make_driver) override {
    return std::make_unique<ReadyBatchSession>(ring_, make_driver());
  }

 private:
  const SocketRing ring_;
};

}  // namespace

Case ReadyBatchCase(std::uint32_t handles) {
  return {"ready_batch", {{"handles", handles}}, "event", [=] {
            return std::make_unique<ReadyBatch>(handles);
          }};
}

std::vector<Case> ReadyBatchCases() {
  std::vector<Case> cases;
  for (const std::uint32_t handles : {1, 16, 256, 1024}) {
    cases.push_back(ReadyBatchCase(handles));
  }
  return cases;
}

}  // namespace benchmarks
