#include "benchmarks/workloads/wake.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "benchmarks/driver.h"
#include "benchmarks/workload.h"
#include "benchmarks/workloads/one_core.h"
#include "benchmarks/workloads/socket_ring.h"
#include "benchmarks/workloads/watched.h"
#include "event/mode.h"

namespace benchmarks {
namespace {

class CountEvents final : public Handler {
 public:
  void OnReady(std::uint32_t /*index*/) override { ++events; }
  std::int64_t events = 0;
};

class PingPongSession final : public Session {
 public:
  PingPongSession(bool on_one_core, const DriverFactory& make_driver)
      : ping_(make_driver()), pong_(make_driver()) {
    if (on_one_core) one_core_.emplace();
    thread_ = std::thread([this] { Answer(); });
  }

  ~PingPongSession() override {
    ball_ = kEnd;
    pong_->Wake();
    thread_.join();
  }

  // Two wakes for each exchange. The waits are those of this side, twice.
  Counts Run(std::int64_t operations) override {
    const std::int64_t exchanges = (operations + 1) / 2;
    std::int64_t waits = 0;
    CountEvents handler;
    for (std::int64_t i = 0; i < exchanges; ++i) {
      ball_.store(kPong, std::memory_order_release);
      pong_->Wake();
      while (ball_.load(std::memory_order_acquire) != kPing) {
        ping_->Turn(handler, Blocking::kYes);
        ++waits;
      }
    }
    return {2 * exchanges, handler.events, 2 * waits, {}};
  }

 private:
  enum Ball { kPing, kPong, kEnd };

  void Answer() {
    CountEvents handler;
    for (;;) {
      const Ball ball = ball_.load(std::memory_order_acquire);
      if (ball == kEnd) return;
      if (ball == kPong) {
        ball_.store(kPing, std::memory_order_release);
        ping_->Wake();
      }
      pong_->Turn(handler, Blocking::kYes);
    }
  }

  std::optional<OneCore> one_core_;
  const std::unique_ptr<Driver> ping_;
  const std::unique_ptr<Driver> pong_;
  std::atomic<Ball> ball_{kPing};
  std::thread thread_;
};

class StormSession final : public Session {
 public:
  StormSession(const SocketRing& ready, std::unique_ptr<Driver> driver)
      : watched_(ready, event_selector::Mode::kLevel, std::move(driver)) {}

  Counts Run(std::int64_t operations) override {
    Driver& driver = watched_.driver();
    std::atomic<bool> is_over{false};
    std::thread storm([&] {
      for (std::int64_t i = 0; i < operations; ++i) driver.Wake();
      is_over.store(true, std::memory_order_release);
    });
    CountEvents handler;
    std::int64_t waits = 0;
    for (; !is_over.load(std::memory_order_acquire); ++waits) {
      driver.Turn(handler, Blocking::kYes);
    }
    storm.join();
    driver.Turn(handler, Blocking::kNo);
    return {operations, handler.events, waits + 1, {}};
  }

 private:
  const Watched<SocketRing> watched_;
};

class CoalescedSession final : public Session {
 public:
  explicit CoalescedSession(std::unique_ptr<Driver> driver)
      : driver_(std::move(driver)) {}

  Counts Run(std::int64_t operations) override {
    CountEvents handler;
    driver_->Wake();
    for (std::int64_t i = 0; i < operations; ++i) driver_->Wake();
    driver_->Turn(handler, Blocking::kNo);
    return {operations, handler.events, 1, {}};
  }

 private:
  const std::unique_ptr<Driver> driver_;
};

class WakeWorkload final : public Workload {
 public:
  explicit WakeWorkload(WakeForm form) : form_(form) { ready_.WriteByteFor(0); }

  // Only the storm has a handle, which must stay ready.
  bool Suits(const Driver& driver) const override {
    return form_ != WakeForm::kStorm || Workload::Suits(driver);
  }

  std::unique_ptr<Session> Start(const DriverFactory& make_driver) override {
    switch (form_) {
      case WakeForm::kPingPongOneCore:
      case WakeForm::kPingPongAnyCore:
        return std::make_unique<PingPongSession>(
            form_ == WakeForm::kPingPongOneCore, make_driver);
      case WakeForm::kStorm:
        return std::make_unique<StormSession>(ready_, make_driver());
      case WakeForm::kCoalesced:
        return std::make_unique<CoalescedSession>(make_driver());
    }
    return nullptr;
  }

 private:
  const WakeForm form_;
  const SocketRing ready_{1};
};

}  // namespace

Case WakeCase(WakeForm form) {
  Case made = {
      "wake", {}, "wake", [=] { return std::make_unique<WakeWorkload>(form); }};
  switch (form) {
    case WakeForm::kPingPongOneCore:
      made.parameters = {{"form", "ping_pong"}, {"cores", "one"}};
      break;
    case WakeForm::kPingPongAnyCore:
      made.parameters = {{"form", "ping_pong"}, {"cores", "any"}};
      break;
    case WakeForm::kStorm:
      made.parameters = {{"form", "storm"}};
      break;
    case WakeForm::kCoalesced:
      made.parameters = {{"form", "coalesced"}};
      break;
  }
  return made;
}

std::vector<Case> WakeCases() {
  Case storm = WakeCase(WakeForm::kStorm);
  storm.fixed_operations = 1000000;
  return {WakeCase(WakeForm::kPingPongOneCore),
          WakeCase(WakeForm::kPingPongAnyCore), std::move(storm),
          WakeCase(WakeForm::kCoalesced)};
}

}  // namespace benchmarks
