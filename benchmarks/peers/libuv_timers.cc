#include <uv.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmarks/peers/timers.h"
#include "benchmarks/timers.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

void Check(const char* call, int result) {
  if (result < 0) {
    event_selector::testing::Die(
        absl::StrCat(call, " failed: ", uv_strerror(result)));
  }
}

std::uint64_t Milliseconds(std::chrono::nanoseconds time) {
  return static_cast<std::uint64_t>(
      std::chrono::ceil<std::chrono::milliseconds>(time).count());
}

class LibuvTimers final : public Timers {
 public:
  explicit LibuvTimers(std::uint32_t count) : timers_(count) {
    Check("uv_loop_init", uv_loop_init(&loop_));
    for (uv_timer_t& timer : timers_) {
      Check("uv_timer_init", uv_timer_init(&loop_, &timer));
      timer.data = this;
    }
  }
  ~LibuvTimers() override {
    for (uv_timer_t& timer : timers_) {
      uv_close(reinterpret_cast<uv_handle_t*>(&timer), nullptr);
    }
    uv_run(&loop_, UV_RUN_DEFAULT);
    Check("uv_loop_close", uv_loop_close(&loop_));
  }

  void Start(Indexes indexes, Delays delays) override {
    uv_update_time(&loop_);
    for (std::size_t i = 0; i < indexes.size(); ++i) {
      Check("uv_timer_start", uv_timer_start(&timers_[indexes[i]], Expire,
                                             Milliseconds(delays[i]), 0));
    }
  }
  void Restart(Indexes indexes, Delays delays) override {
    uv_update_time(&loop_);
    for (std::size_t i = 0; i < indexes.size(); ++i) {
      uv_timer_t& timer = timers_[indexes[i]];
      Check("uv_timer_stop", uv_timer_stop(&timer));
      Check("uv_timer_start",
            uv_timer_start(&timer, Expire, Milliseconds(delays[i]), 0));
    }
  }
  void StartIdle(Indexes indexes) override {
    const std::uint64_t patience = Milliseconds(kPatience);
    uv_update_time(&loop_);
    for (const std::uint32_t index : indexes) {
      Check("uv_timer_start",
            uv_timer_start(&timers_[index], Expire, patience, patience));
    }
  }
  void PostponeIdle(Indexes indexes) override {
    uv_update_time(&loop_);
    for (const std::uint32_t index : indexes) {
      Check("uv_timer_again", uv_timer_again(&timers_[index]));
    }
  }

  std::int64_t Turn() override {
    expired_ = 0;
    uv_run(&loop_, UV_RUN_NOWAIT);
    return expired_;
  }

 private:
  static void Expire(uv_timer_t* timer) {
    ++static_cast<LibuvTimers*>(timer->data)->expired_;
  }

  uv_loop_t loop_;
  std::vector<uv_timer_t> timers_;  // By index.
  std::int64_t expired_ = 0;
};

}  // namespace

std::unique_ptr<Timers> MakeLibuvTimers(std::uint32_t count) {
  return std::make_unique<LibuvTimers>(count);
}

}  // namespace benchmarks
