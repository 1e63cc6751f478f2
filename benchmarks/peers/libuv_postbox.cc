#include <uv.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmarks/drivers/locked_queue.h"
#include "benchmarks/peers/postboxes.h"
#include "benchmarks/postbox.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

void Check(const char* call, int result) {
  if (result < 0) {
    event_selector::testing::Die(
        absl::StrCat(call, " failed: ", uv_strerror(result)));
  }
}

class LibuvPostbox final : public Postbox {
 public:
  LibuvPostbox() {
    Check("uv_loop_init", uv_loop_init(&loop_));
    Check("uv_async_init", uv_async_init(&loop_, &waker_, Receive));
    waker_.data = this;
  }
  ~LibuvPostbox() override {
    uv_close(reinterpret_cast<uv_handle_t*>(&waker_), nullptr);
    uv_run(&loop_, UV_RUN_DEFAULT);
    Check("uv_loop_close", uv_loop_close(&loop_));
  }

  void Post(std::uint64_t first, std::uint64_t count) override {
    for (std::uint64_t i = 0; i < count; ++i) {
      queue_.Push(first + i);
      Check("uv_async_send", uv_async_send(&waker_));
    }
  }

  void Turn(bool waits) override {
    uv_run(&loop_, waits ? UV_RUN_ONCE : UV_RUN_NOWAIT);
  }

 private:
  static void Receive(uv_async_t* async) {
    auto& self = *static_cast<LibuvPostbox*>(async->data);
    self.queue_.TakeAll(self.items_);
    for (const std::uint64_t item : self.items_) self.Take(item);
  }

  uv_loop_t loop_;
  uv_async_t waker_;
  LockedQueue queue_;
  std::vector<std::uint64_t> items_;
};

}  // namespace

std::unique_ptr<Postbox> MakeLibuvPostbox() {
  return std::make_unique<LibuvPostbox>();
}

}  // namespace benchmarks
