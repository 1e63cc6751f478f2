// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/types/span.h"
#include "event/handle.h"
#include "event/readiness.h"
#include "tests/model/network.h"
#include "tests/model/objects.h"
#include "tests/model/script.h"
#include "tests/support/fatal.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 16;

std::array<char, kChunk>& Scratch() {
  static thread_local std::array<char, kChunk> scratch;
  return scratch;
}

IoResult ResultOf(int size) {
  if (size > 0) return IoResult::kDone;
  const bool would_block = size < 0 && WSAGetLastError() == WSAEWOULDBLOCK;
  return would_block ? IoResult::kWouldBlock : IoResult::kFailed;
}

int ChunkOf(std::size_t size) {
  return static_cast<int>(std::min(size, kChunk));
}

// Leaves in the sets, which must not be empty, the sockets that are ready now.
void Select(fd_set* to_read, fd_set* to_write) {
  timeval now = {0, 0};
  if (select(0, to_read, to_write, nullptr, &now) == SOCKET_ERROR) {
    DieOfError("select", WSAGetLastError());
  }
}

}  // namespace

std::optional<SocketPair> MakeObject(Kind kind) {
  switch (kind) {
    case Kind::kStream:
    case Kind::kTcp:
      return ConnectTcpPair();
    case Kind::kUdp:
      return MakeUdpPair();
    case Kind::kListener:
      return MakeListenerAndClient();
    case Kind::kPipe:
    case Kind::kEventfd:
    case Kind::kFile:
      return std::nullopt;
  }
  return std::nullopt;
}

bool IsDelayed(Kind /*kind*/) { return true; }

bool CanChooseNumbers() { return false; }

Handle EmptyHandle(int /*slot*/) { return kInvalidHandle; }

Socket Place(Socket socket, int /*slot*/) { return socket; }

Socket DuplicateIntoSlot(Handle /*handle*/, int /*slot*/) {
  Die("sockets cannot be duplicated here");
}

IoResult ReadOnce(Handle handle, std::size_t size) {
  return ResultOf(recv(handle, Scratch().data(), ChunkOf(size), 0));
}

IoResult WriteOnce(Handle handle, Kind /*kind*/, std::size_t size) {
  return ResultOf(send(handle, Scratch().data(), ChunkOf(size), 0));
}

IoResult FillCounter(Handle /*handle*/) { Die("there are no counters here"); }

void SendOneOutOfBand(Handle handle) {
  send(handle, Scratch().data(), 1, MSG_OOB);
}

bool NoticesEachClose() { return false; }

// By select(): WSAPoll tells of an end of the stream as a hang-up only.
void PollAll(absl::Span<Polled> polled) {
  while (!polled.empty()) {  // select() refuses to be asked nothing.
    const std::size_t count = std::min<std::size_t>(polled.size(), FD_SETSIZE);
    fd_set to_read;
    fd_set to_write;
    FD_ZERO(&to_read);
    for (const Polled& one : polled.first(count)) {
      to_read.fd_array[to_read.fd_count++] = one.handle;
    }
    to_write = to_read;
    Select(&to_read, &to_write);
    for (Polled& one : polled.first(count)) {
      one.readiness = Readiness();
      if (FD_ISSET(one.handle, &to_read)) one.readiness |= Readiness::kReadable;
      if (FD_ISSET(one.handle, &to_write)) {
        one.readiness |= Readiness::kWritable;
      }
    }
    polled.remove_prefix(count);
  }
}

Readiness PollableReadiness() {
  return Readiness::kReadable | Readiness::kWritable;
}

}  // namespace testing
}  // namespace event_selector
