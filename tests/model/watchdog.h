#ifndef TESTS_MODEL_WATCHDOG_H_
#define TESTS_MODEL_WATCHDOG_H_

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "absl/time/time.h"
#include "event/selector.h"

namespace event_selector {
namespace testing {

// Ends a Wait that does not return although it must: closes and wakes the
// selector once it was watched for longer than `patience`. Aborts the process
// if the Wait goes on for as long again.
//
// One thread watches, of which nothing is asked in between.
class Watchdog {
 public:
  explicit Watchdog(absl::Duration patience);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog();

  // Before the Wait; `selector` must live until `Release`.
  void Watch(Selector& selector);
  // After the Wait: whether the watchdog has ended it.
  bool Release();

 private:
  void Run();
  void Look();

  // It looks this often in the time of its patience, so that `Watch` needs no
  // clock.
  static constexpr int kLooks = 8;

  const std::chrono::nanoseconds between_looks_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool is_ended_ = false;
  Selector* watched_ = nullptr;
  int looks_ = 0;       // Since `Watch`.
  std::thread thread_;  // Last: it uses the others from its start.
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_MODEL_WATCHDOG_H_
