#include "benchmarks/workloads/eventfds.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "benchmarks/descriptor.h"
#include "tests/support/fatal.h"

namespace benchmarks {

using ::event_selector::testing::DieOfError;

Eventfds::Eventfds(std::uint32_t handles) {
  eventfds_.reserve(handles);
  for (std::uint32_t i = 0; i < handles; ++i) {
    eventfds_.emplace_back(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (eventfds_.back().fd() < 0) DieOfError("eventfd", errno);
  }
}

void Eventfds::Write(std::uint32_t index) const {
  const std::uint64_t one = 1;
  if (write(reader(index), &one, sizeof(one)) != sizeof(one)) {
    DieOfError("write", errno);
  }
}

void Eventfds::Read(std::uint32_t index) const {
  std::uint64_t count;
  if (read(reader(index), &count, sizeof(count)) != sizeof(count)) {
    DieOfError("read", errno);
  }
}

}  // namespace benchmarks
