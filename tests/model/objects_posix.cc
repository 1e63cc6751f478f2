#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "event/handle.h"
#include "event/readiness.h"
#include "tests/model/eventfd.h"
#include "tests/model/network.h"
#include "tests/model/objects.h"
#include "tests/model/script.h"
#include "tests/support/fatal.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

// Above the numbers that the system gives to others, and below the smallest
// limit of descriptors in use (macOS: 256).
constexpr int kFirstNumber = 128;

constexpr std::size_t kChunk = std::size_t{1} << 16;

#if defined(MSG_NOSIGNAL)
constexpr int kNoSignal = MSG_NOSIGNAL;
#else
constexpr int kNoSignal = 0;  // SO_NOSIGPIPE does it: see tests/support.
#endif

void ShrinkBuffers(const SocketPair& pair) {
  // The system rounds it up to the least that it allows.
  const int size = 4096;
  for (const Handle handle : {pair.a.handle(), pair.b.handle()}) {
    for (const int option : {SO_SNDBUF, SO_RCVBUF}) {
      if (setsockopt(handle, SOL_SOCKET, option, &size, sizeof(size)) < 0) {
        DieOfError("setsockopt", errno);
      }
    }
  }
}

IoResult ResultOf(ssize_t size) {
  if (size > 0) return IoResult::kDone;
  const bool would_block =
      size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  return would_block ? IoResult::kWouldBlock : IoResult::kFailed;
}

std::array<char, kChunk>& Scratch() {
  static thread_local std::array<char, kChunk> scratch;
  return scratch;
}

struct BitPair {
  short poll;
  Readiness readiness;
};
constexpr BitPair kBits[] = {
    {POLLIN, Readiness::kReadable},      {POLLOUT, Readiness::kWritable},
    {POLLPRI, Readiness::kPriority},     {POLLHUP, Readiness::kHangup},
    {POLLERR, Readiness::kError},
#if defined(POLLRDHUP)
    {POLLRDHUP, Readiness::kReadClosed},
#endif
};

}  // namespace

std::optional<SocketPair> MakeObject(Kind kind) {
  std::optional<SocketPair> made;
  switch (kind) {
    case Kind::kStream:
      made = MakeStreamPair();
      ShrinkBuffers(*made);
      return made;
    case Kind::kTcp:
      made = ConnectTcpPair();
      ShrinkBuffers(*made);
      return made;
    case Kind::kUdp:
      return MakeUdpPair();
    case Kind::kListener:
      return MakeListenerAndClient();
    case Kind::kPipe: {
      Pipe pipe = MakePipe();
      return SocketPair{std::move(pipe.read_end), std::move(pipe.write_end)};
    }
    case Kind::kFile:
      return SocketPair{OpenRegularFile(), Socket()};
    case Kind::kEventfd: {
      Socket eventfd = MakeEventfd();
      if (!eventfd.valid()) return std::nullopt;
      return SocketPair{std::move(eventfd), Socket()};
    }
  }
  return std::nullopt;
}

bool IsDelayed(Kind kind) {
  return kind == Kind::kTcp || kind == Kind::kUdp || kind == Kind::kListener;
}

bool CanChooseNumbers() { return true; }

Handle EmptyHandle(int slot) { return kFirstNumber + slot; }

Socket DuplicateIntoSlot(Handle handle, int slot) {
  const Handle number = EmptyHandle(slot);
  const int result = fcntl(handle, F_DUPFD_CLOEXEC, number);
  if (result < 0) DieOfError("fcntl(F_DUPFD_CLOEXEC)", errno);
  if (result != number) {
    Die(absl::StrCat("the descriptor ", number, " is in use"));
  }
  return Socket(result);
}

Socket Place(Socket socket, int slot) {
  if (!socket.valid()) return socket;
  return DuplicateIntoSlot(socket.handle(), slot);
}

IoResult ReadOnce(Handle handle, std::size_t size) {
  return ResultOf(read(handle, Scratch().data(), std::min(size, kChunk)));
}

IoResult WriteOnce(Handle handle, Kind kind, std::size_t size) {
  if (kind == Kind::kEventfd) {
    const std::uint64_t one = 1;
    return ResultOf(write(handle, &one, sizeof(one)));
  }
  size = std::min(size, kChunk);
  if (kind == Kind::kPipe)
    return ResultOf(write(handle, Scratch().data(), size));
  return ResultOf(send(handle, Scratch().data(), size, kNoSignal));
}

IoResult FillCounter(Handle handle) {
  // eventfd(2): the counter's greatest value.
  const std::uint64_t all = ~std::uint64_t{0} - 1;
  ReadOnce(handle, sizeof(all));
  return ResultOf(write(handle, &all, sizeof(all)));
}

void SendOneOutOfBand(Handle handle) {
  send(handle, Scratch().data(), 1, MSG_OOB | kNoSignal);
}

bool NoticesEachClose() { return true; }

void PollAll(absl::Span<Polled> polled) {
  std::array<pollfd, kSlots> entries;
  short asked = 0;
  for (const BitPair& bit : kBits) asked = static_cast<short>(asked | bit.poll);
  for (std::size_t i = 0; i < polled.size(); ++i) {
    entries[i] = {polled[i].handle, asked, 0};
  }
  int result = 0;
  do {
    result = poll(entries.data(), static_cast<nfds_t>(polled.size()), 0);
  } while (result < 0 && errno == EINTR);
  if (result < 0) DieOfError("poll", errno);
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
}  // namespace event_selector
