#ifndef TESTS_CONTRACT_WAITING_THREAD_H_
#define TESTS_CONTRACT_WAITING_THREAD_H_

#include <array>
#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/selector.h"
#include "tests/support/blocked_thread.h"

namespace event_selector {
namespace testing {

// A thread that calls `Wait` once, for tests of what happens to a thread that
// is blocked there already. The destructor waits for its end.
class WaitingThread {
 public:
  // Starts the thread, and returns once it is blocked in `Wait`.
  explicit WaitingThread(Selector& selector,
                         absl::Duration timeout = absl::InfiniteDuration())
      : thread_([this, &selector, timeout] { Run(selector, timeout); }) {
    while (!is_started_) std::this_thread::yield();
    AwaitBlocked(*id_);
  }
  ~WaitingThread() { Join(); }

  bool has_returned() const { return has_returned_; }

  // What `Wait` returned. Blocks until it has.
  absl::Status status() {
    Join();
    return status_;
  }
  std::vector<Event> events() {
    Join();
    return events_;
  }

  std::thread::native_handle_type native_handle() {
    return thread_.native_handle();
  }

 private:
  void Join() {
    if (thread_.joinable()) thread_.join();
  }

  void Run(Selector& selector, absl::Duration timeout) {
    std::array<Event, 64> room;
    id_ = CurrentThreadId();
    is_started_ = true;
    const absl::StatusOr<absl::Span<Event>> ready =
        selector.Wait(absl::MakeSpan(room), timeout);
    status_ = ready.status();
    if (ready.ok()) events_.assign(ready->begin(), ready->end());
    has_returned_ = true;
  }

  std::optional<ThreadId> id_;
  absl::Status status_;
  std::vector<Event> events_;
  std::atomic<bool> is_started_{false};
  std::atomic<bool> has_returned_{false};
  std::thread thread_;  // Last: it uses the others from its start.
};

// The other way round: a thread that calls `act` once the thread that made this
// object is blocked. The destructor waits for its end.
class OnceBlocked {
 public:
  template <typename Act>
  explicit OnceBlocked(Act act)
      : thread_([act, blocked = CurrentThreadId()] {
          AwaitBlocked(blocked);
          act();
        }) {}
  ~OnceBlocked() { thread_.join(); }

 private:
  std::thread thread_;
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_CONTRACT_WAITING_THREAD_H_
