#include "tests/model/world.h"

#include <array>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

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

// A few bytes, so that several writes make one read and the other way round.
constexpr std::size_t kRead = 5;
constexpr std::size_t kWrite = 3;
constexpr std::size_t kDrain = std::size_t{1} << 16;
constexpr std::size_t kFill = std::size_t{1} << 12;
// Datagrams are dropped rather than refused, and a TCP peer may make room for
// ever, so there is an end.
constexpr int kMostCalls = 64;

}  // namespace

World::~World() {
  for (int slot = 0; slot < kSlots; ++slot) {
    if (description(slot) != kNothing) Reset(slot);
  }
}

Handle World::handle(int slot) const {
  const Handle handle = open_handle(slot);
  return handle == kInvalidHandle ? EmptyHandle(slot) : handle;
}

bool World::is_pollable(int slot) const {
  return description(slot) != kNothing && object(slot).kind != Kind::kFile;
}

bool World::is_delayed(int slot) const { return IsDelayed(object(slot).kind); }

bool World::is_alike(int slot) const {
  return object(slot).kind == Kind::kEventfd;
}

bool World::IsListening(int slot) const {
  return object(slot).kind == Kind::kListener && end(slot) == 0;
}

// Of a byte stream, with two directions.
bool World::IsConnection(int slot) const {
  const Kind kind = object(slot).kind;
  return kind == Kind::kStream || kind == Kind::kTcp ||
         (kind == Kind::kListener && end(slot) == 1);
}

bool World::CanRead(int slot) const {
  if (!is_pollable(slot)) return false;
  return object(slot).kind != Kind::kPipe || end(slot) == 0;
}

bool World::CanWrite(int slot) const {
  if (!is_pollable(slot)) return false;
  // A pipe that nobody can read raises a signal.
  return object(slot).kind != Kind::kPipe ||
         (end(slot) == 1 && object(slot).holders[0] > 0);
}

int World::FreeObject() const {
  for (int i = 0; i < kSlots; ++i) {
    const auto& [a, b] = objects_[Index(i)].holders;
    if (a + b == 0) return i;
  }
  Die("more objects than slots");
}

void World::Hold(int slot, Socket socket, int description) {
  slots_[Index(slot)].socket = std::move(socket);
  slots_[Index(slot)].description = description;
  ++object(slot).holders[Index(end(slot))];
}

// To be followed by closing the slot's socket.
int World::LetGo(int slot) {
  --object(slot).holders[Index(end(slot))];
  return std::exchange(slots_[Index(slot)].description, kNothing);
}

bool World::Open(int slot, Kind kind) {
  std::optional<SocketPair> made = MakeObject(kind);
  if (!made.has_value()) return false;
  const int number = FreeObject();
  objects_[Index(number)] = Object();
  objects_[Index(number)].kind = kind;
  if (!IsPair(kind)) {
    Hold(slot, Place(std::move(made->a), slot), 2 * number);
    return true;
  }
  const int first = slot & ~1;
  Hold(first, Place(std::move(made->a), first), 2 * number);
  Hold(first + 1, Place(std::move(made->b), first + 1), 2 * number + 1);
  return true;
}

void World::Close(int slot) {
  LetGo(slot);
  slots_[Index(slot)].socket.Close();
}

void World::Reset(int slot) {
  const bool has_reset = IsConnection(slot) && is_delayed(slot);
  if (!has_reset) return Close(slot);
  LetGo(slot);
  testing::Reset(std::move(slots_[Index(slot)].socket));
}

bool World::Dup(int from, int to) {
  if (!CanChooseNumbers()) return false;
  Hold(to, DuplicateIntoSlot(open_handle(from), to), description(from));
  return true;
}

void World::Poll(const std::vector<int>& descriptions, Levels& levels) const {
  std::array<Handle, kDescriptions> handles;
  for (const Slot& slot : slots_) {
    if (slot.description == kNothing) continue;
    handles[Index(slot.description)] = slot.socket.handle();
  }
  std::array<Polled, kSlots> polled;
  for (std::size_t i = 0; i < descriptions.size(); ++i) {
    polled[i].handle = handles[Index(descriptions[i])];
  }
  PollAll(absl::MakeSpan(polled.data(), descriptions.size()));
  for (std::size_t i = 0; i < descriptions.size(); ++i) {
    levels[Index(descriptions[i])] = polled[i].readiness;
  }
}

void World::AsEnds(const std::vector<int>& descriptions, Levels& levels) const {
  constexpr Readiness kReady = Readiness::kReadable | Readiness::kWritable;
  constexpr Readiness kGone = Readiness::kHangup | Readiness::kError;
  for (const int description : descriptions) {
    Readiness& level = levels[Index(description)];
    const Object& object = objects_[Index(ObjectOf(description))];
    // Nor would a write block after the own shutdown.
    if (object.has_shut_down[Index(description % 2)]) {
      level |= Readiness::kWritable;
    }
    if ((level & kGone).empty()) continue;
    if (object.kind == Kind::kPipe) {
      level = kReady | Readiness::kReadClosed | Readiness::kHangup;
    } else if (level.hangup()) {
      level |= kReady | Readiness::kReadClosed;
    } else {
      level = kReady | (level - kGone);
    }
  }
}

World::Result World::AfterRead(int slot, IoResult result) const {
  // A read stops at a byte out of band, whatever comes behind it.
  const bool is_sure = result == IoResult::kWouldBlock && !object(slot).had_oob;
  return {true, is_sure ? Readiness::kReadable : Readiness()};
}

World::Result World::Read(int slot) {
  if (!CanRead(slot)) return {};
  if (IsListening(slot)) {
    AcceptAndReset(open_handle(slot));
    return {true, {}};
  }
  const bool is_counter = object(slot).kind == Kind::kEventfd;
  return AfterRead(slot,
                   ReadOnce(open_handle(slot), is_counter ? kDrain : kRead));
}

World::Result World::Drain(int slot) {
  if (!CanRead(slot)) return {};
  if (IsListening(slot)) {
    while (AcceptAndReset(open_handle(slot))) {
    }
    return {true, {}};
  }
  IoResult result = IoResult::kDone;
  for (int i = 0; i < kMostCalls && result == IoResult::kDone; ++i) {
    result = ReadOnce(open_handle(slot), kDrain);
  }
  return AfterRead(slot, result);
}

World::Result World::Write(int slot) {
  if (!CanWrite(slot)) return {};
  if (IsListening(slot)) {
    ConnectAndReset(open_handle(slot));
    return {true, {}};
  }
  const IoResult result =
      WriteOnce(open_handle(slot), object(slot).kind, kWrite);
  const bool is_full = result == IoResult::kWouldBlock;
  return {true, is_full ? Readiness::kWritable : Readiness()};
}

World::Result World::Fill(int slot) {
  if (!CanWrite(slot) || IsListening(slot)) return {};
  const Kind kind = object(slot).kind;
  if (kind == Kind::kEventfd) {
    FillCounter(open_handle(slot));
    return {true, Readiness::kWritable};
  }
  IoResult result = IoResult::kDone;
  for (int i = 0; i < kMostCalls && result == IoResult::kDone; ++i) {
    result = WriteOnce(open_handle(slot), kind, kFill);
  }
  const bool is_full = result == IoResult::kWouldBlock;
  return {true, is_full ? Readiness::kWritable : Readiness()};
}

World::Result World::Shutdown(int slot) {
  if (!is_pollable(slot) || !IsConnection(slot)) return {};
  ShutdownSend(open_handle(slot));
  object(slot).has_shut_down[Index(end(slot))] = true;
  return {true, {}};
}

World::Result World::SendOob(int slot) {
  if (!is_pollable(slot) || !IsConnection(slot)) return {};
  object(slot).had_oob = true;
  SendOneOutOfBand(open_handle(slot));
  return {true, {}};
}

}  // namespace testing
}  // namespace event_selector
