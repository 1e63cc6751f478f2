#ifndef TESTS_SOAK_DRIVER_H_
#define TESTS_SOAK_DRIVER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "event/selector.h"

namespace event_selector {
namespace soak {

// A thread that works in rounds at a steady pace, and comes to rest between two
// rounds whenever it is asked to, so that the process can be looked at while
// nothing happens. It waits on a selector of its own, of the first backend.
//
//             Start              Resume             Pause, and the round ends
//   [ none ] ------> [ at rest ] -----> [ rounds ] --------------------------.
//                        ^                                                   |
//                        '---------------------------------------------------'
class Driver {
 public:
  // `round` is called on the driver's thread; false from it ends the driver,
  // which then is at rest for ever. Rounds begin at least `period` apart.
  Driver(absl::Duration period, std::function<bool(Driver&)> round);
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  ~Driver() { Stop(); }

  // For the thread that owns the driver.
  void Start();
  void Resume();
  void Pause();
  bool is_at_rest() const;
  void Stop();  // Lets the round end, and ends the thread.

  // How many rounds have ended. From any thread.
  std::uint64_t rounds() const {
    return rounds_.load(std::memory_order_relaxed);
  }
  bool has_given_up() const {
    return has_given_up_.load(std::memory_order_acquire);
  }

  // Makes `Await` look again. From any thread.
  void Notify();

  // For the round: waits until `done()`, which some other thread makes true
  // before it calls `Notify`. False where `patience` passes first.
  bool Await(absl::FunctionRef<bool()> done, absl::Duration patience);

 private:
  void Run();
  void AwaitEndOfPeriod(absl::Duration rest);
  void WaitOnce(absl::Duration timeout);

  const absl::Duration period_;
  const std::function<bool(Driver&)> round_;
  const std::unique_ptr<Selector> selector_;
  // After Resume at least one round follows, also if Pause comes at once: a
  // driver that is at rest again has made progress.
  bool owes_round_ = false;
  // Odd while the driver has to rest; a number is never used again, so that
  // `rested_epoch_` cannot speak of an earlier rest.
  std::atomic<std::uint64_t> epoch_{1};
  std::atomic<std::uint64_t> rested_epoch_{0};
  std::atomic<std::uint64_t> rounds_{0};
  std::atomic<bool> has_given_up_{false};
  std::atomic<bool> is_stopped_{false};
  std::thread thread_;
};

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_DRIVER_H_
