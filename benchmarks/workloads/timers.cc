#include "benchmarks/workloads/timers.h"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <numeric>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "benchmarks/driver.h"
#include "benchmarks/timers.h"
#include "benchmarks/workload.h"

namespace benchmarks {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

std::int64_t CpuNow() {
  timespec now = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::int64_t{now.tv_sec} * 1000000000 + now.tv_nsec;
}

// What all forms have: timers, and an order that is none.
class TimersSession : public Session {
 public:
  TimersSession(std::uint32_t count, const Driver& driver)
      : timers_(driver.MakeTimers(count)), order_(count), delays_(count) {
    std::iota(order_.begin(), order_.end(), 0);
    std::shuffle(order_.begin(), order_.end(), random_);
  }

 protected:
  void ChooseDelays(nanoseconds least, nanoseconds most) {
    std::uniform_int_distribution<std::int64_t> delay(least.count(),
                                                      most.count());
    for (nanoseconds& each : delays_) each = nanoseconds(delay(random_));
  }
  std::int64_t count() const {
    return static_cast<std::int64_t>(order_.size());
  }

  const std::unique_ptr<Timers> timers_;
  std::mt19937_64 random_{1};
  std::vector<std::uint32_t> order_;
  std::vector<nanoseconds> delays_;
};

class PostponeSession final : public TimersSession {
 public:
  PostponeSession(std::uint32_t count, const Driver& driver)
      : TimersSession(count, driver) {
    timers_->StartIdle(order_);
    std::shuffle(order_.begin(), order_.end(), random_);
  }

  Counts Run(std::int64_t operations) override {
    Counts counts;
    while (counts.operations < operations) {
      timers_->PostponeIdle(order_);
      counts.events += timers_->Turn();
      counts.operations += count();
      ++counts.waits;
    }
    return counts;
  }
};

class CancelAddSession final : public TimersSession {
 public:
  CancelAddSession(std::uint32_t count, const Driver& driver)
      : TimersSession(count, driver) {
    ChooseDelays(std::chrono::seconds(30), Timers::kPatience);
    timers_->Start(order_, delays_);
    timers_->Turn();
  }

  Counts Run(std::int64_t operations) override {
    Counts counts;
    while (counts.operations < operations) {
      timers_->Restart(order_, delays_);
      counts.events += timers_->Turn();
      counts.operations += count();
      ++counts.waits;
      // Another timer gets the delay: the random numbers are not the workload.
      std::rotate(delays_.begin(), delays_.begin() + 1, delays_.end());
    }
    return counts;
  }
};

class ExpireSession final : public TimersSession {
 public:
  using TimersSession::TimersSession;

  Counts Run(std::int64_t operations) override {
    Counts counts;
    while (counts.operations < operations) {
      const std::int64_t before = CpuNow();
      ChooseDelays(delay_, delay_ + milliseconds(50));
      timers_->Start(order_, delays_);
      const auto all_due =
          std::chrono::steady_clock::now() + delay_ + milliseconds(60);
      // (The first turn puts them in order where that is put off.)
      std::int64_t expired = timers_->Turn();
      counts.events += expired;
      // On a busy machine, some are due before all have been started.
      if (expired > 0) delay_ *= 2;
      std::this_thread::sleep_until(all_due);
      counts.preparing_cpu_ns += CpuNow() - before;
      for (std::int64_t left = count() - expired; left > 0; left -= expired) {
        expired = timers_->Turn();
        counts.events += expired;
        counts.operations += expired;
        ++counts.waits;
      }
    }
    return counts;
  }

 private:
  milliseconds delay_{100};
};

class TimersWorkload final : public Workload {
 public:
  TimersWorkload(TimersForm form, std::uint32_t count)
      : form_(form), count_(count) {}

  bool Suits(const Driver& driver) const override {
    return driver.MakeTimers(1) != nullptr;
  }
  std::unique_ptr<Session> Start(const DriverFactory& make_driver) override {
    const std::unique_ptr<Driver> driver = make_driver();
    switch (form_) {
      case TimersForm::kPostpone:
        return std::make_unique<PostponeSession>(count_, *driver);
      case TimersForm::kCancelAdd:
        return std::make_unique<CancelAddSession>(count_, *driver);
      case TimersForm::kExpire:
        return std::make_unique<ExpireSession>(count_, *driver);
    }
    return nullptr;
  }

 private:
  const TimersForm form_;
  const std::uint32_t count_;
};

}  // namespace

Case TimersCase(TimersForm form, std::uint32_t timers) {
  Case made = {"timers", {}, "timer", [=] {
                 return std::make_unique<TimersWorkload>(form, timers);
               }};
  switch (form) {
    case TimersForm::kPostpone:
      made.parameters = {{"form", "postpone"}};
      break;
    case TimersForm::kCancelAdd:
      made.parameters = {{"form", "cancel_add"}};
      break;
    case TimersForm::kExpire:
      made.parameters = {{"form", "expire"}};
      break;
  }
  made.parameters.emplace_back("timers", std::int64_t{timers});
  return made;
}

std::vector<Case> TimersCases() {
  Case expire = TimersCase(TimersForm::kExpire, 100'000);
  expire.fixed_operations = 100'000;
  return {TimersCase(TimersForm::kPostpone, 10'000),
          TimersCase(TimersForm::kCancelAdd, 10'000), std::move(expire)};
}

}  // namespace benchmarks
