#include <ev.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "benchmarks/drivers/locked_queue.h"
#include "benchmarks/peers/postboxes.h"
#include "benchmarks/postbox.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

class LibevPostbox final : public Postbox {
 public:
  LibevPostbox() {
    if (loop_ == nullptr) event_selector::testing::Die("ev_loop_new failed");
    ev_async_init(&waker_, Receive);
    waker_.data = this;
    ev_async_start(loop_, &waker_);
  }
  ~LibevPostbox() override {
    ev_async_stop(loop_, &waker_);
    ev_loop_destroy(loop_);
  }

  void Post(std::uint64_t first, std::uint64_t count) override {
    for (std::uint64_t i = 0; i < count; ++i) {
      queue_.Push(first + i);
      ev_async_send(loop_, &waker_);
    }
  }

  void Turn(bool waits) override {
    ev_run(loop_, waits ? EVRUN_ONCE : EVRUN_NOWAIT);
  }

 private:
  static void Receive(struct ev_loop* /*loop*/, ev_async* async,
                      int /*events*/) {
    auto& self = *static_cast<LibevPostbox*>(async->data);
    self.queue_.TakeAll(self.items_);
    for (const std::uint64_t item : self.items_) self.Take(item);
  }

  struct ev_loop* const loop_ = ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOENV);
  ev_async waker_;
  LockedQueue queue_;
  std::vector<std::uint64_t> items_;
};

}  // namespace

std::unique_ptr<Postbox> MakeLibevPostbox() {
  return std::make_unique<LibevPostbox>();
}

}  // namespace benchmarks
