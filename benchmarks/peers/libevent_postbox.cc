#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/thread.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "benchmarks/drivers/locked_queue.h"
#include "benchmarks/peers/postboxes.h"
#include "benchmarks/postbox.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

using ::event_selector::testing::Die;

// With locks, which the bases of the other contestants do without.
event_base* NewBase() {
  static const bool has_threads = evthread_use_pthreads() == 0;
  if (!has_threads) Die("evthread_use_pthreads failed");
  event_config* const config = event_config_new();
  event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV |
                                    EVENT_BASE_FLAG_NO_CACHE_TIME |
                                    EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
  event_base* const base = event_base_new_with_config(config);
  event_config_free(config);
  if (base == nullptr) Die("event_base_new_with_config failed");
  return base;
}

class LibeventPostbox final : public Postbox {
 public:
  LibeventPostbox() {
    if (event_assign(&receiver_, base_, -1, EV_PERSIST, Receive, this) != 0) {
      Die("event_assign failed");
    }
  }
  ~LibeventPostbox() override {
    event_del(&receiver_);
    event_base_free(base_);
  }

  void Post(std::uint64_t first, std::uint64_t count) override {
    for (std::uint64_t i = 0; i < count; ++i) {
      queue_.Push(first + i);
      event_active(&receiver_, EV_READ, 1);
    }
  }

  void Turn(bool waits) override {
    // (Without an event to wait for, it would return at once otherwise.)
    const int flags = EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY;
    if (event_base_loop(base_, waits ? flags : flags | EVLOOP_NONBLOCK) < 0) {
      Die("event_base_loop failed");
    }
  }

 private:
  static void Receive(int /*fd*/, short /*flags*/, void* argument) {
    auto& self = *static_cast<LibeventPostbox*>(argument);
    self.queue_.TakeAll(self.items_);
    for (const std::uint64_t item : self.items_) self.Take(item);
  }

  event_base* const base_ = NewBase();
  ::event receiver_;
  LockedQueue queue_;
  std::vector<std::uint64_t> items_;
};

}  // namespace

std::unique_ptr<Postbox> MakeLibeventPostbox() {
  return std::make_unique<LibeventPostbox>();
}

}  // namespace benchmarks
