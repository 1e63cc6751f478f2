#include "benchmarks/drivers/eventfd_postbox.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <vector>

#include "benchmarks/descriptor.h"
#include "benchmarks/drivers/locked_queue.h"
#include "benchmarks/postbox.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

using ::event_selector::testing::DieOfError;

class EventfdPostbox final : public Postbox {
 public:
  EventfdPostbox() {
    if (epoll_.fd() < 0) DieOfError("epoll_create1", errno);
    if (eventfd_.fd() < 0) DieOfError("eventfd", errno);
    // Edge-triggered: it need not be read.
    epoll_event event = {};
    event.events = EPOLLIN | EPOLLET;
    if (epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, eventfd_.fd(), &event) != 0) {
      DieOfError("epoll_ctl", errno);
    }
  }

  void Post(std::uint64_t first, std::uint64_t count) override {
    for (std::uint64_t i = 0; i < count; ++i) {
      if (!queue_.Push(first + i)) continue;
      const std::uint64_t one = 1;
      if (write(eventfd_.fd(), &one, sizeof(one)) != sizeof(one)) {
        DieOfError("write to the eventfd", errno);
      }
    }
  }

  void Turn(bool waits) override {
    std::array<epoll_event, 64> events;
    epoll_wait(epoll_.fd(), events.data(), static_cast<int>(events.size()),
               waits ? -1 : 0);
    queue_.TakeAll(items_);
    for (const std::uint64_t item : items_) Take(item);
  }

 private:
  const Descriptor epoll_{epoll_create1(EPOLL_CLOEXEC)};
  const Descriptor eventfd_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  LockedQueue queue_;
  std::vector<std::uint64_t> items_;
};

}  // namespace

std::unique_ptr<Postbox> MakeEventfdPostbox() {
  return std::make_unique<EventfdPostbox>();
}

}  // namespace benchmarks
