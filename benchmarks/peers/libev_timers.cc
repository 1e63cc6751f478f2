#include <ev.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "benchmarks/peers/timers.h"
#include "benchmarks/timers.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

double Seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

class LibevTimers final : public Timers {
 public:
  explicit LibevTimers(std::uint32_t count) : timers_(count) {
    if (loop_ == nullptr) event_selector::testing::Die("ev_loop_new failed");
    for (ev_timer& timer : timers_) {
      ev_init(&timer, Expire);
      timer.data = this;
    }
  }
  ~LibevTimers() override {
    for (ev_timer& timer : timers_) ev_timer_stop(loop_, &timer);
    ev_loop_destroy(loop_);
  }

  void Start(Indexes indexes, Delays delays) override {
    ev_now_update(loop_);
    for (std::size_t i = 0; i < indexes.size(); ++i) {
      ev_timer& timer = timers_[indexes[i]];
      ev_timer_set(&timer, Seconds(delays[i]), 0.);
      ev_timer_start(loop_, &timer);
    }
  }
  void Restart(Indexes indexes, Delays delays) override {
    ev_now_update(loop_);
    for (std::size_t i = 0; i < indexes.size(); ++i) {
      ev_timer& timer = timers_[indexes[i]];
      ev_timer_stop(loop_, &timer);
      ev_timer_set(&timer, Seconds(delays[i]), 0.);
      ev_timer_start(loop_, &timer);
    }
  }
  void StartIdle(Indexes indexes) override {
    for (const std::uint32_t index : indexes) {
      ev_timer_set(&timers_[index], 0., Seconds(kPatience));
      ev_timer_again(loop_, &timers_[index]);
    }
  }
  void PostponeIdle(Indexes indexes) override {
    ev_now_update(loop_);
    for (const std::uint32_t index : indexes) {
      ev_timer_again(loop_, &timers_[index]);
    }
  }

  std::int64_t Turn() override {
    expired_ = 0;
    ev_run(loop_, EVRUN_NOWAIT);
    return expired_;
  }

 private:
  static void Expire(struct ev_loop* /*loop*/, ev_timer* timer,
                     int /*events*/) {
    ++static_cast<LibevTimers*>(timer->data)->expired_;
  }

  struct ev_loop* const loop_ = ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOENV);
  std::vector<ev_timer> timers_;  // By index.
  std::int64_t expired_ = 0;
};

}  // namespace

std::unique_ptr<Timers> MakeLibevTimers(std::uint32_t count) {
  return std::make_unique<LibevTimers>(count);
}

}  // namespace benchmarks
