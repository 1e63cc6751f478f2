#include <event2/event.h>
#include <event2/event_struct.h>
#include <sys/time.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "benchmarks/peers/timers.h"
#include "benchmarks/timers.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

using ::event_selector::testing::Die;

// With the cached time, unlike the driver's: it is what saves a call of the
// clock for each timer.
event_base* NewBase() {
  event_config* const config = event_config_new();
  event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK |
                                    EVENT_BASE_FLAG_IGNORE_ENV |
                                    EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
  event_base* const base = event_base_new_with_config(config);
  event_config_free(config);
  if (base == nullptr) Die("event_base_new_with_config failed");
  return base;
}

timeval ToTimeval(std::chrono::nanoseconds time) {
  const auto us =
      std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  timeval converted;
  converted.tv_sec = us / 1000000;
  converted.tv_usec = us % 1000000;
  return converted;
}

class LibeventTimers final : public Timers {
 public:
  explicit LibeventTimers(std::uint32_t count) : timers_(count) {
    for (::event& timer : timers_) Assign(timer, Expire);
    Assign(calls_, Call);
    const timeval patience = ToTimeval(kPatience);
    common_ = event_base_init_common_timeout(base_, &patience);
    if (common_ == nullptr) Die("event_base_init_common_timeout failed");
  }
  ~LibeventTimers() override {
    for (::event& timer : timers_) event_del(&timer);
    event_base_free(base_);
  }

  void Start(Indexes indexes, Delays delays) override {
    InCallback([&] {
      for (std::size_t i = 0; i < indexes.size(); ++i) {
        const timeval delay = ToTimeval(delays[i]);
        Add(timers_[indexes[i]], &delay);
      }
    });
  }
  void Restart(Indexes indexes, Delays delays) override {
    InCallback([&] {
      for (std::size_t i = 0; i < indexes.size(); ++i) {
        event_del(&timers_[indexes[i]]);
        const timeval delay = ToTimeval(delays[i]);
        Add(timers_[indexes[i]], &delay);
      }
    });
  }
  void StartIdle(Indexes indexes) override { PostponeIdle(indexes); }
  void PostponeIdle(Indexes indexes) override {
    InCallback([&] {
      for (const std::uint32_t index : indexes) Add(timers_[index], common_);
    });
  }

  std::int64_t Turn() override {
    Loop();
    // With those that have come in the loop of a callback.
    return std::exchange(expired_, 0);
  }

 private:
  void Assign(::event& event, event_callback_fn callback) {
    if (event_assign(&event, base_, -1, 0, callback, this) != 0) {
      Die("event_assign failed");
    }
  }
  static void Add(::event& event, const timeval* delay) {
    if (event_add(&event, delay) != 0) Die("event_add failed");
  }
  void Loop() {
    if (event_base_loop(base_, EVLOOP_NONBLOCK) < 0) {
      Die("event_base_loop failed");
    }
  }

  void InCallback(absl::FunctionRef<void()> call) {
    call_ = &call;
    event_active(&calls_, EV_TIMEOUT, 1);
    Loop();
  }
  static void Call(int /*fd*/, short /*flags*/, void* self) {
    (*static_cast<LibeventTimers*>(self)->call_)();
  }
  static void Expire(int /*fd*/, short /*flags*/, void* self) {
    ++static_cast<LibeventTimers*>(self)->expired_;
  }

  event_base* const base_ = NewBase();
  const timeval* common_;
  ::event calls_;
  const absl::FunctionRef<void()>* call_ = nullptr;
  std::vector<::event> timers_;  // By index.
  std::int64_t expired_ = 0;
};

}  // namespace

std::unique_ptr<Timers> MakeLibeventTimers(std::uint32_t count) {
  return std::make_unique<LibeventTimers>(count);
}

}  // namespace benchmarks
