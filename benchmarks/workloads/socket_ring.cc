#include "benchmarks/workloads/socket_ring.h"

#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <utility>

#include "benchmarks/descriptor.h"
#include "tests/support/fatal.h"
#include "tests/support/socket.h"

namespace benchmarks {
namespace {

using ::event_selector::testing::Die;
using ::event_selector::testing::DieOfError;
using ::event_selector::testing::SocketPair;

// What a process has open besides: standard streams, the drivers' own.
constexpr std::uint32_t kOtherDescriptors = 64;

bool MayOpen(std::uint32_t descriptors) {
  return AllowDescriptors(static_cast<int>(descriptors + kOtherDescriptors))
      .ok();
}

}  // namespace

SocketRing::SocketRing(std::uint32_t handles)
    : has_own_pairs_(MayOpen(2 * handles)) {
  if (!has_own_pairs_ && !MayOpen(handles + 1)) {
    Die("a workload needs more open descriptors than are allowed");
  }
  while (readers_.size() < handles) {
    SocketPair pair = event_selector::testing::MakeStreamPair();
    readers_.push_back(pair.a.handle());
    writers_.push_back(pair.b.handle());
    if (!has_own_pairs_ && readers_.size() < handles) {
      readers_.push_back(pair.b.handle());
      writers_.push_back(pair.a.handle());
    }
    pairs_.push_back(std::move(pair));
  }
}

bool SocketRing::TryReadByteOf(std::uint32_t index) const {
  char byte;
  const ssize_t count = read(readers_[index], &byte, 1);
  if (count < 0 && errno == EAGAIN) return false;
  if (count != 1) DieOfError("read", errno);
  return true;
}

void SocketRing::WriteByte(int fd) {
  const char byte = 'b';
  if (write(fd, &byte, 1) != 1) DieOfError("write", errno);
}

void SocketRing::ReadByte(int fd) {
  char byte;
  if (read(fd, &byte, 1) != 1) DieOfError("read", errno);
}

}  // namespace benchmarks
