#include "benchmarks/workloads/idle_handles.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "benchmarks/descriptor.h"
#include "benchmarks/driver.h"
#include "event/interest.h"
#include "event/mode.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

using ::event_selector::testing::DieOfError;

// What a process has open besides: the chain, standard streams, the driver's.
constexpr std::uint32_t kOtherDescriptors = 128;

// Few enough for any limit, and enough that the sockets are few.
constexpr std::uint32_t kSharedNumbers = 500;

Descriptor OpenIdleSocket() {
  Descriptor socket(
      ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.fd() < 0) DieOfError("socket", errno);
  return socket;
}

}  // namespace

IdleHandles::IdleHandles(std::uint32_t count) : count_(count) {
  const bool are_shared =
      !AllowDescriptors(static_cast<int>(count + kOtherDescriptors)).ok();
  const std::uint32_t sockets =
      are_shared ? (count + kSharedNumbers - 1) / kSharedNumbers : count;
  for (std::uint32_t i = 0; i < sockets; ++i) {
    sockets_.push_back(OpenIdleSocket());
  }
  for (std::uint32_t i = 0; are_shared && i < kSharedNumbers; ++i) {
    numbers_.push_back(OpenIdleSocket());
  }
}

void IdleHandles::Watch(Driver& driver, std::uint32_t first_index) {
  for (std::uint32_t i = 0; i < count_; ++i) {
    int fd = sockets_[are_shared() ? i / kSharedNumbers : i].fd();
    if (are_shared()) {
      const int number = numbers_[i % kSharedNumbers].fd();
      if (dup3(fd, number, O_CLOEXEC) < 0) DieOfError("dup3", errno);
      fd = number;
    }
    driver.Watch(fd, first_index + i, event_selector::Interest::kReadable,
                 event_selector::Mode::kLevel);
  }
}

void IdleHandles::Unwatch(Driver& driver, std::uint32_t first_index) {
  if (are_shared()) return;
  for (std::uint32_t i = 0; i < count_; ++i) {
    driver.Unwatch(sockets_[i].fd(), first_index + i);
  }
}

}  // namespace benchmarks
