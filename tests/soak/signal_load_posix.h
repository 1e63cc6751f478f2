#ifndef TESTS_SOAK_SIGNAL_LOAD_POSIX_H_
#define TESTS_SOAK_SIGNAL_LOAD_POSIX_H_

#include <signal.h>

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

// A signal at a steady rate, to one thread that waits without end and to one
// that waits for a time, in turn. Its handler calls Wake on the selector of the
// first: that must wake it each time, while the second's waits must not end
// early. Only one object of this class may be started at a time.
class SignalLoad final : public Load {
 public:
  explicit SignalLoad(const Setting& setting);

  absl::string_view name() const override { return "signal"; }
  void Start() override;
  void Stop() override;
  void CheckAccounts() override;

 private:
  bool Round();
  void RunWoken();
  void RunTimed();

  const Setting setting_;
  Driver& driver_;
  std::unique_ptr<Selector> woken_selector_;
  std::unique_ptr<Selector> timed_selector_;
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> seen_{0};  // By the thread that is woken.
  std::array<std::thread, 2> threads_;
  struct sigaction action_before_ = {};
};

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_SIGNAL_LOAD_POSIX_H_
