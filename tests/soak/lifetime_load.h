#ifndef TESTS_SOAK_LIFETIME_LOAD_H_
#define TESTS_SOAK_LIFETIME_LOAD_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>

#include "absl/strings/string_view.h"
#include "event/selector.h"
#include "tests/soak/driver.h"
#include "tests/soak/load.h"
#include "tests/soak/setting.h"

namespace event_selector {
namespace soak {

// Selectors that are made, used, closed under threads that wait on them, and
// destroyed, with registrations left in them.
class LifetimeLoad final : public Load {
 public:
  explicit LifetimeLoad(const Setting& setting);

  absl::string_view name() const override { return "lifetime"; }
  void Start() override;
  void Stop() override;
  void CheckAccounts() override;

 private:
  static constexpr std::size_t kWaiters = 2;

  // A thread that waits on whatever selector it is given, until that is closed.
  struct Waiter {
    std::unique_ptr<Selector> inbox;  // Woken for a new `task`.
    std::atomic<Selector*> task{nullptr};
    std::thread thread;
  };

  bool Round();
  bool UseAlone();
  bool CloseUnderWaiters();
  void RunWaiter(Waiter& waiter);
  bool WaitUntilClosed(Selector& selector);
  bool Lost(absl::string_view what);

  const Setting setting_;
  Driver& driver_;
  std::array<Waiter, kWaiters> waiters_;
  std::atomic<std::uint64_t> closes_{0};
  std::atomic<std::uint64_t> cancelled_{0};
  std::atomic<std::uint64_t> armed_{0};
  std::atomic<std::uint64_t> events_{0};
};

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_LIFETIME_LOAD_H_
