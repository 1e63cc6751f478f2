#include "benchmarks/peers/libuv.h"

#include <uv.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmarks/driver.h"
#include "benchmarks/peers/postboxes.h"
#include "benchmarks/peers/timers.h"
#include "benchmarks/postbox.h"
#include "benchmarks/timers.h"
#include "event/interest.h"
#include "event/mode.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

using ::event_selector::testing::Die;

void Check(const char* call, int result) {
  if (result < 0) Die(absl::StrCat(call, " failed: ", uv_strerror(result)));
}

class Libuv final : public Driver {
 public:
  Libuv() {
    Check("uv_loop_init", uv_loop_init(&loop_));
    Check("uv_async_init", uv_async_init(&loop_, &waker_, TakeWakeUp));
  }

  // Lets the callbacks of uv_close come.
  ~Libuv() override {
    for (Watched* watched : watched_) {
      if (watched != nullptr) Close(watched);
    }
    uv_close(reinterpret_cast<uv_handle_t*>(&waker_), nullptr);
    uv_run(&loop_, UV_RUN_DEFAULT);
    Check("uv_loop_close", uv_loop_close(&loop_));
  }

  bool Supports(event_selector::Mode mode) const override {
    return mode == event_selector::Mode::kLevel;
  }

  void Watch(int fd, std::uint32_t index, event_selector::Interest interest,
             event_selector::Mode /*mode*/) override {
    if (watched_.size() <= index) watched_.resize(index + 1);
    auto* const watched = new Watched;
    watched->driver = this;
    watched->index = index;
    watched->poll.data = watched;
    watched_[index] = watched;
    Check("uv_poll_init", uv_poll_init(&loop_, &watched->poll, fd));
    Start(*watched, interest);
  }

  void Change(int /*fd*/, std::uint32_t index,
              event_selector::Interest interest,
              event_selector::Mode /*mode*/) override {
    Start(*watched_[index], interest);
  }

  void Unwatch(int /*fd*/, std::uint32_t index) override {
    Close(watched_[index]);
    watched_[index] = nullptr;
  }

  void Turn(Handler& handler, Blocking blocking) override {
    handler_ = &handler;
    uv_run(&loop_, blocking == Blocking::kYes ? UV_RUN_ONCE : UV_RUN_NOWAIT);
  }

  std::int64_t Run(Handler& handler) override {
    handler_ = &handler;
    uv_run(&loop_, UV_RUN_DEFAULT);
    return kUnknown;
  }

  void Stop() override { uv_stop(&loop_); }

  void Wake() override { Check("uv_async_send", uv_async_send(&waker_)); }

  std::unique_ptr<Timers> MakeTimers(std::uint32_t count) const override {
    return MakeLibuvTimers(count);
  }
  std::unique_ptr<Postbox> MakePostbox() const override {
    return MakeLibuvPostbox();
  }

 private:
  // Belongs to the loop from uv_close on, until its callback.
  struct Watched {
    uv_poll_t poll;
    Libuv* driver;
    std::uint32_t index;
  };

  static void Start(Watched& watched, event_selector::Interest interest) {
    Check("uv_poll_start",
          uv_poll_start(&watched.poll,
                        interest == event_selector::Interest::kReadable
                            ? UV_READABLE
                            : UV_WRITABLE,
                        Deliver));
  }

  static void Close(Watched* watched) {
    uv_close(reinterpret_cast<uv_handle_t*>(&watched->poll),
             [](uv_handle_t* handle) {
               delete static_cast<Watched*>(handle->data);
             });
  }

  static void Deliver(uv_poll_t* poll, int status, int /*events*/) {
    Check("uv_poll", status);
    const auto* const watched = static_cast<const Watched*>(poll->data);
    watched->driver->handler_->OnReady(watched->index);
  }
  static void TakeWakeUp(uv_async_t* /*async*/) {}

  uv_loop_t loop_;
  uv_async_t waker_;
  std::vector<Watched*> watched_;  // By index.
  Handler* handler_ = nullptr;
};

}  // namespace

std::unique_ptr<Driver> MakeLibuv() { return std::make_unique<Libuv>(); }

std::string LibuvVersion() { return uv_version_string(); }

}  // namespace benchmarks
