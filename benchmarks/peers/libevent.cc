#include "benchmarks/peers/libevent.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "benchmarks/descriptor.h"
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
using ::event_selector::testing::DieOfError;

event_base* NewBase() {
  event_config* const config = event_config_new();
  event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK |
                                    EVENT_BASE_FLAG_IGNORE_ENV |
                                    EVENT_BASE_FLAG_NO_CACHE_TIME |
                                    EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
  event_base* const base = event_base_new_with_config(config);
  event_config_free(config);
  if (base == nullptr) Die("event_base_new_with_config failed");
  return base;
}

class Libevent final : public Driver {
 public:
  Libevent() {
    if (eventfd_.fd() < 0) DieOfError("eventfd", errno);
    Assign(waker_, eventfd_.fd(), EV_READ | EV_PERSIST, TakeWakeUp, this);
    Add(waker_);
  }
  ~Libevent() override {
    event_del(&waker_);
    event_base_free(base_);
  }

  // All four.
  bool Supports(event_selector::Mode /*mode*/) const override { return true; }

  void Watch(int fd, std::uint32_t index, event_selector::Interest interest,
             event_selector::Mode mode) override {
    if (watched_.size() <= index) watched_.resize(index + 1);
    if (watched_[index] == nullptr) {
      watched_[index] = std::make_unique<Watched>();
      watched_[index]->driver = this;
      watched_[index]->index = index;
    }
    Watched& watched = *watched_[index];
    Assign(watched.event, fd, Flags(interest, mode), Deliver, &watched);
    Add(watched.event);
  }

  void Change(int fd, std::uint32_t index, event_selector::Interest interest,
              event_selector::Mode mode) override {
    Watched& watched = *watched_[index];
    event_del(&watched.event);
    Assign(watched.event, fd, Flags(interest, mode), Deliver, &watched);
    Add(watched.event);
  }

  void Rearm(int /*fd*/, std::uint32_t index,
             event_selector::Interest /*interest*/,
             event_selector::Mode /*mode*/) override {
    Add(watched_[index]->event);
  }

  void Unwatch(int /*fd*/, std::uint32_t index) override {
    event_del(&watched_[index]->event);
  }

  void Turn(Handler& handler, Blocking blocking) override {
    handler_ = &handler;
    Loop(blocking == Blocking::kYes ? EVLOOP_ONCE
                                    : EVLOOP_ONCE | EVLOOP_NONBLOCK);
  }

  std::int64_t Run(Handler& handler) override {
    handler_ = &handler;
    Loop(0);
    return kUnknown;
  }

  void Stop() override { event_base_loopbreak(base_); }

  void Wake() override {
    const std::uint64_t one = 1;
    if (write(eventfd_.fd(), &one, sizeof(one)) != sizeof(one)) {
      DieOfError("write to the eventfd", errno);
    }
  }

  std::unique_ptr<Timers> MakeTimers(std::uint32_t count) const override {
    return MakeLibeventTimers(count);
  }
  std::unique_ptr<Postbox> MakePostbox() const override {
    return MakeLibeventPostbox();
  }

 private:
  struct Watched {
    ::event event;
    Libevent* driver;
    std::uint32_t index;
  };

  static short Flags(event_selector::Interest interest,
                     event_selector::Mode mode) {
    int flags =
        interest == event_selector::Interest::kReadable ? EV_READ : EV_WRITE;
    if (!mode.contains(event_selector::Mode::kOneshot)) flags |= EV_PERSIST;
    if (mode.contains(event_selector::Mode::kEdge)) flags |= EV_ET;
    return static_cast<short>(flags);
  }

  void Assign(::event& event, int fd, short flags, event_callback_fn callback,
              void* argument) {
    if (event_assign(&event, base_, fd, flags, callback, argument) != 0) {
      Die("event_assign failed");
    }
  }
  static void Add(::event& event) {
    if (event_add(&event, nullptr) != 0) Die("event_add failed");
  }

  void Loop(int flags) {
    if (event_base_loop(base_, flags) < 0) Die("event_base_loop failed");
  }

  static void Deliver(int /*fd*/, short /*flags*/, void* argument) {
    const auto* const watched = static_cast<const Watched*>(argument);
    watched->driver->handler_->OnReady(watched->index);
  }

  static void TakeWakeUp(int fd, short /*flags*/, void* /*argument*/) {
    std::uint64_t counter;
    if (read(fd, &counter, sizeof(counter)) != sizeof(counter)) {
      DieOfError("read of the eventfd", errno);
    }
  }

  event_base* const base_ = NewBase();
  const Descriptor eventfd_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  ::event waker_;
  std::vector<std::unique_ptr<Watched>> watched_;  // By index.
  Handler* handler_ = nullptr;
};

}  // namespace

std::unique_ptr<Driver> MakeLibevent() { return std::make_unique<Libevent>(); }

std::string LibeventVersion() { return event_get_version(); }

}  // namespace benchmarks
