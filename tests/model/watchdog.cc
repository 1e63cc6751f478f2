#include "tests/model/watchdog.h"

#include <mutex>
#include <thread>

#include "absl/time/time.h"
#include "event/selector.h"
#include "tests/support/fatal.h"

namespace event_selector {
namespace testing {

// The standard's mutex, not Abseil's, whose first wait ThreadSanitizer reports
// as a race when the compiler is GCC 12.
Watchdog::Watchdog(absl::Duration patience)
    : between_looks_(absl::ToChronoNanoseconds(patience / kLooks)),
      thread_([this] { Run(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_ended_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

void Watchdog::Watch(Selector& selector) {
  const std::lock_guard<std::mutex> lock(mutex_);
  watched_ = &selector;
  looks_ = 0;
}

bool Watchdog::Release() {
  const std::lock_guard<std::mutex> lock(mutex_);
  watched_ = nullptr;
  return looks_ > kLooks;
}

void Watchdog::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!ended_.wait_for(lock, between_looks_, [this] { return is_ended_; })) {
    if (watched_ != nullptr) Look();
  }
}

// The first look may come just after `Watch`: one more than kLooks are needed.
void Watchdog::Look() {
  ++looks_;
  if (looks_ == kLooks + 1) {
    watched_->Close();
    watched_->Wake().IgnoreError();  // Should Close not do.
  }
  if (looks_ > 2 * (kLooks + 1)) {
    Die("a Wait does not return, not even after Close and Wake");
  }
}

}  // namespace testing
}  // namespace event_selector
