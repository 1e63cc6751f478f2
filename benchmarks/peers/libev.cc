#include "benchmarks/peers/libev.h"

#include <ev.h>

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

class Libev final : public Driver {
 public:
  Libev() {
    if (loop_ == nullptr) Die("ev_loop_new failed");
    ev_async_init(&waker_, TakeWakeUp);
    ev_async_start(loop_, &waker_);
  }
  ~Libev() override {
    ev_async_stop(loop_, &waker_);
    ev_loop_destroy(loop_);
  }

  bool Supports(event_selector::Mode mode) const override {
    return mode == event_selector::Mode::kLevel ||
           mode == event_selector::Mode::kOneshot;
  }

  void Watch(int fd, std::uint32_t index, event_selector::Interest interest,
             event_selector::Mode mode) override {
    if (watched_.size() <= index) watched_.resize(index + 1);
    if (watched_[index] == nullptr) {
      watched_[index] = std::make_unique<Watched>();
    }
    Watched& watched = *watched_[index];
    watched.driver = this;
    watched.index = index;
    ev_io_init(&watched.io, Callback(mode), fd, Events(interest));
    watched.io.data = &watched;
    ev_io_start(loop_, &watched.io);
  }

  void Change(int /*fd*/, std::uint32_t index,
              event_selector::Interest interest,
              event_selector::Mode mode) override {
    Watched& watched = *watched_[index];
    ev_io_stop(loop_, &watched.io);
    ev_set_cb(&watched.io, Callback(mode));
    ev_io_modify(&watched.io, Events(interest));
    ev_io_start(loop_, &watched.io);
  }

  void Rearm(int /*fd*/, std::uint32_t index,
             event_selector::Interest /*interest*/,
             event_selector::Mode /*mode*/) override {
    ev_io_start(loop_, &watched_[index]->io);
  }

  void Unwatch(int /*fd*/, std::uint32_t index) override {
    ev_io_stop(loop_, &watched_[index]->io);
  }

  void Turn(Handler& handler, Blocking blocking) override {
    handler_ = &handler;
    ev_run(loop_, blocking == Blocking::kYes ? EVRUN_ONCE : EVRUN_NOWAIT);
  }

  std::int64_t Run(Handler& handler) override {
    handler_ = &handler;
    const unsigned int before = ev_iteration(loop_);
    ev_run(loop_, 0);
    return ev_iteration(loop_) - before;
  }

  void Stop() override { ev_break(loop_, EVBREAK_ONE); }

  void Wake() override { ev_async_send(loop_, &waker_); }

  std::unique_ptr<Timers> MakeTimers(std::uint32_t count) const override {
    return MakeLibevTimers(count);
  }
  std::unique_ptr<Postbox> MakePostbox() const override {
    return MakeLibevPostbox();
  }

 private:
  struct Watched {
    ev_io io;
    Libev* driver;
    std::uint32_t index;
  };
  using IoCallback = void (*)(struct ev_loop*, ev_io*, int);

  static int Events(event_selector::Interest interest) {
    return interest == event_selector::Interest::kReadable ? EV_READ : EV_WRITE;
  }
  static IoCallback Callback(event_selector::Mode mode) {
    return mode == event_selector::Mode::kOneshot ? DeliverOnce : Deliver;
  }

  static void Deliver(struct ev_loop* /*loop*/, ev_io* io, int /*events*/) {
    const auto* const watched = static_cast<const Watched*>(io->data);
    watched->driver->handler_->OnReady(watched->index);
  }
  static void DeliverOnce(struct ev_loop* loop, ev_io* io, int /*events*/) {
    ev_io_stop(loop, io);
    const auto* const watched = static_cast<const Watched*>(io->data);
    watched->driver->handler_->OnReady(watched->index);
  }
  static void TakeWakeUp(struct ev_loop* /*loop*/, ev_async* /*async*/,
                         int /*events*/) {}

  struct ev_loop* const loop_ = ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOENV);
  ev_async waker_;
  std::vector<std::unique_ptr<Watched>> watched_;  // By index.
  Handler* handler_ = nullptr;
};

}  // namespace

std::unique_ptr<Driver> MakeLibev() { return std::make_unique<Libev>(); }

std::string LibevVersion() {
  return absl::StrCat(ev_version_major(), ".", ev_version_minor());
}

}  // namespace benchmarks
