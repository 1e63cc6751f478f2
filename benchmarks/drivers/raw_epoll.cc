#include "benchmarks/drivers/raw_epoll.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "benchmarks/descriptor.h"
#include "benchmarks/driver.h"
#include "benchmarks/drivers/eventfd_postbox.h"
#include "benchmarks/drivers/timer_map.h"
#include "benchmarks/postbox.h"
#include "benchmarks/timers.h"
#include "event/interest.h"
#include "event/mode.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

using ::event_selector::testing::DieOfError;

constexpr std::uint64_t kWaker = ~std::uint64_t{0};

class RawEpoll final : public Driver {
 public:
  RawEpoll() {
    if (epoll_.fd() < 0) DieOfError("epoll_create1", errno);
    if (eventfd_.fd() < 0) DieOfError("eventfd", errno);
    Control(EPOLL_CTL_ADD, eventfd_.fd(), EPOLLIN, kWaker);
  }

  bool Supports(event_selector::Mode /*mode*/) const override { return true; }
  bool AllowsCloseWhileWatched() const override { return true; }

  void Watch(int fd, std::uint32_t index, event_selector::Interest interest,
             event_selector::Mode mode) override {
    Control(EPOLL_CTL_ADD, fd, interest.bits() | mode.bits(), index);
  }

  void Change(int fd, std::uint32_t index, event_selector::Interest interest,
              event_selector::Mode mode) override {
    Control(EPOLL_CTL_MOD, fd, interest.bits() | mode.bits(), index);
  }

  void Unwatch(int fd, std::uint32_t /*index*/) override {
    if (epoll_ctl(epoll_.fd(), EPOLL_CTL_DEL, fd, nullptr) != 0) {
      DieOfError("epoll_ctl", errno);
    }
  }

  void Turn(Handler& handler, Blocking blocking) override {
    const int count =
        epoll_wait(epoll_.fd(), events_.data(), static_cast<int>(kRoom),
                   blocking == Blocking::kYes ? -1 : 0);
    if (count < 0 && errno != EINTR) DieOfError("epoll_wait", errno);
    for (int i = 0; i < count; ++i) {
      const std::uint64_t data = events_[i].data.u64;
      if (data == kWaker) {
        TakeWakeUp();
      } else {
        handler.OnReady(static_cast<std::uint32_t>(data));
      }
    }
  }

  void Wake() override {
    const std::uint64_t one = 1;
    if (write(eventfd_.fd(), &one, sizeof(one)) != sizeof(one)) {
      DieOfError("write to the eventfd", errno);
    }
  }

  std::unique_ptr<Timers> MakeTimers(std::uint32_t count) const override {
    return MakeTimerMap(count);
  }
  std::unique_ptr<Postbox> MakePostbox() const override {
    return MakeEventfdPostbox();
  }

 private:
  static_assert(EPOLLIN == event_selector::Interest::kReadable.bits() &&
                    EPOLLOUT == event_selector::Interest::kWritable.bits() &&
                    EPOLLET == event_selector::Mode::kEdge.bits() &&
                    EPOLLONESHOT == event_selector::Mode::kOneshot.bits(),
                "the bits are epoll's");

  static constexpr std::size_t kRoom = 1024;

  void Control(int operation, int fd, std::uint32_t events,
               std::uint64_t data) {
    epoll_event event;
    event.events = events;
    event.data.u64 = data;
    if (epoll_ctl(epoll_.fd(), operation, fd, &event) != 0) {
      DieOfError("epoll_ctl", errno);
    }
  }

  void TakeWakeUp() {
    std::uint64_t counter;
    if (read(eventfd_.fd(), &counter, sizeof(counter)) != sizeof(counter)) {
      DieOfError("read of the eventfd", errno);
    }
  }

  const Descriptor epoll_{epoll_create1(EPOLL_CLOEXEC)};
  const Descriptor eventfd_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::array<epoll_event, kRoom> events_;
};

}  // namespace

std::unique_ptr<Driver> MakeRawEpoll() { return std::make_unique<RawEpoll>(); }

}  // namespace benchmarks
