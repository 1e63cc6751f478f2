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

namespace event {
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

struct BitPair {
  SHORT poll;
  Readiness readiness;
};
// WSAPoll refuses to be asked for POLLPRI.
constexpr BitPair kBits[] = {
    {POLLRDNORM, Readiness::kReadable},
    {POLLWRNORM, Readiness::kWritable},
    {POLLHUP, Readiness::kHangup},
    {POLLERR, Readiness::kError},
};

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

void PollAll(absl::Span<Polled> polled) {
  if (polled.empty()) return;  // WSAPoll refuses.
  std::array<WSAPOLLFD, kSlots> entries;
  for (std::size_t i = 0; i < polled.size(); ++i) {
    entries[i] = {polled[i].handle, POLLRDNORM | POLLWRNORM, 0};
  }
  if (WSAPoll(entries.data(), static_cast<ULONG>(polled.size()), 0) < 0) {
    DieOfError("WSAPoll", WSAGetLastError());
  }
  for (std::size_t i = 0; i < polled.size(); ++i) {
    polled[i].readiness = Readiness();
    for (const BitPair& bit : kBits) {
      if ((entries[i].revents & bit.poll) != 0) {
        polled[i].readiness |= bit.readiness;
      }
    }
  }
}

Readiness PollableReadiness() {
  Readiness all;
  for (const BitPair& bit : kBits) all |= bit.readiness;
  return all;
}

}  // namespace testing
}  // namespace event
