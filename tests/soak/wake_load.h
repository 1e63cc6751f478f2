#ifndef TESTS_SOAK_WAKE_LOAD_H_
#define TESTS_SOAK_WAKE_LOAD_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "event/selector.h"
#include "tests/soak/driver.h"
#include "tests/soak/load.h"
#include "tests/soak/setting.h"

namespace event_selector {
namespace soak {

// Storms of wake-ups from several threads at once. Each publishes a number
// before every call of Wake; the threads that wait must see all of them before
// the next storm, so no later wake-up helps one that is lost.
//
// On a selector of the load's own nothing but wake-ups ends a wait, so none can
// be hidden by something else; on the pool's selector they come among the
// events, also with the last place of a full span.
class WakeLoad final : public Load {
 public:
  explicit WakeLoad(const Setting& setting);

  absl::string_view name() const override { return "wake"; }
  void Start() override;
  void Stop() override;
  void CheckAccounts() override;

 private:
  static constexpr std::size_t kWakers = 3;
  static constexpr std::size_t kWaiters = 2;

  // The numbers of all wakers on one selector.
  struct Numbers {
    std::array<std::atomic<std::uint64_t>, kWakers> published{};
    std::array<std::atomic<std::uint64_t>, kWakers> seen{};
  };

  // A thread that storms when its `inbox` is woken.
  struct Waker {
    std::unique_ptr<Selector> inbox;
    std::atomic<int> calls{0};  // To make in the next storm.
    std::thread thread;
  };

  bool StormRound();
  bool SoloRound();
  void RunWaker(std::size_t number);
  void Storm(std::size_t waker, Numbers& numbers, Selector& selector,
             int calls);
  bool IsOver() const;
  void See(Numbers& numbers);
  void RunWaiter();
  void CheckSeen(const Numbers& numbers, absl::string_view where);

  const Setting setting_;
  Driver& storm_driver_;
  std::unique_ptr<Selector> quiet_;
  Numbers quiet_numbers_;
  Numbers pool_numbers_;
  std::atomic<std::uint64_t> quiet_asked_{0};
  std::atomic<std::uint64_t> quiet_delivered_{0};
  std::array<Waker, kWakers> wakers_;
  std::atomic<std::size_t> storming_{0};
  std::vector<std::thread> waiters_;
  std::minstd_rand storm_random_{1};

  // One thread that wakes itself, so that exactly one wake-up is due.
  std::unique_ptr<Selector> solo_;
  std::minstd_rand solo_random_{2};
};

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_WAKE_LOAD_H_
