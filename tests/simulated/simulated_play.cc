#include "tests/simulated/simulated_play.h"

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/readiness.h"
#include "event/testing/simulated_faults.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulation.h"
#include "tests/model/contract_model.h"
#include "tests/model/judged_call.h"
#include "tests/model/script.h"
#include "tests/model/wait_judge.h"
#include "tests/model/world.h"
#include "tests/support/fatal.h"

namespace event_selector {
namespace testing {
namespace {

using Verb = Operation::Verb;

constexpr std::size_t kMaxRoom = 1024;
constexpr absl::Duration kBrief = absl::Milliseconds(1);
constexpr Readiness kEverything =
    Readiness::kReadable | Readiness::kWritable | Readiness::kPriority |
    Readiness::kReadClosed | Readiness::kHangup | Readiness::kError;

bool HasPeer(Kind kind) { return IsPair(kind); }

}  // namespace

// ---- Objects

bool SimulatedObjects::is_pollable(int slot) const {
  const int number = description(slot);
  return number != World::kNothing && ends_[Index(number)].kind != Kind::kFile;
}

Handle SimulatedObjects::HandleOf(int description) const {
  for (const Slot& slot : slots_) {
    if (slot.description == description) return slot.handle;
  }
  return kInvalidHandle;
}

int SimulatedObjects::FreeObject() const {
  for (int i = 0; i < kSlots; ++i) {
    if (ends_[Index(2 * i)].holders + ends_[Index(2 * i + 1)].holders == 0) {
      return i;
    }
  }
  Die("more objects than slots");
}

void SimulatedObjects::Hold(int slot, int description, Kind kind) {
  Slot& held = slots_[Index(slot)];
  held.description = description;
  // Its old number, where it has one.
  if (kind == Kind::kFile) {
    held.handle = simulation_.MakeUnpollableHandle();
  } else if (!simulation_.Reopen(held.handle)) {
    held.handle = simulation_.MakeHandle();
  }
  end(description) = End();
  end(description).kind = kind;
  end(description).holders = 1;
  levels_[Index(description)] = Readiness();
  Add(description, Readiness::kWritable);
}

void SimulatedObjects::Open(int slot, Kind kind) {
  const int number = FreeObject();
  if (!HasPeer(kind)) return Hold(slot, 2 * number, kind);
  const int first = slot & ~1;
  Hold(first, 2 * number, kind);
  Hold(first + 1, 2 * number + 1, kind);
}

void SimulatedObjects::Close(int slot, bool is_reset) {
  const int number = description(slot);
  slots_[Index(slot)].description = World::kNothing;
  simulation_.CloseHandle(handle(slot));
  if (--end(number).holders > 0 || !HasPeer(end(number).kind)) return;
  if (end(Peer(number)).holders == 0) return;
  end(Peer(number)).is_at_end = true;
  Add(Peer(number), Readiness::kReadable | Readiness::kWritable |
                        Readiness::kReadClosed | Readiness::kHangup);
  if (is_reset) Add(Peer(number), Readiness::kError);
}

void SimulatedObjects::Dup(int from, int to) {
  slots_[Index(to)].handle = simulation_.Duplicate(handle(from));
  slots_[Index(to)].description = description(from);
  ++end(description(from)).holders;
}

void SimulatedObjects::Add(int description, Readiness readiness) {
  levels_[Index(description)] |= readiness;
  simulation_.AddReadiness(HandleOf(description), readiness);
}

// By `SetReadiness`, so that it is used, too.
void SimulatedObjects::Clear(int description, Readiness readiness) {
  Readiness& level = levels_[Index(description)];
  level -= readiness;
  simulation_.SetReadiness(HandleOf(description), level);
}

Readiness SimulatedObjects::Read(int description, bool is_all) {
  End& reader = end(description);
  reader.unread = is_all || reader.unread < 2 ? 0 : reader.unread - 2;
  Clear(description, Readiness::kPriority);
  if (HasPeer(reader.kind) && end(Peer(description)).holders > 0) {
    Add(Peer(description), Readiness::kWritable);
  }
  if (reader.unread > 0 || reader.is_at_end) return Readiness();
  Clear(description, Readiness::kReadable);
  return Readiness::kReadable;
}

Readiness SimulatedObjects::Do(Verb verb, int slot) {
  const int own = description(slot);
  const bool has_peer = HasPeer(end(own).kind);
  const int other = has_peer ? Peer(own) : own;
  const bool is_heard = end(other).holders > 0;
  switch (verb) {
    case Verb::kRead:
    case Verb::kDrain:
      return Read(own, verb == Verb::kDrain);
    case Verb::kWrite:
      if (!is_heard) return Readiness();
      ++end(other).unread;
      Add(other, Readiness::kReadable);
      return Readiness();
    case Verb::kFill:
      if (!is_heard) return Readiness();
      Clear(own, Readiness::kWritable);
      return Readiness::kWritable;
    case Verb::kShutdown:
      if (!has_peer || !is_heard) return Readiness();
      end(other).is_at_end = true;
      Add(other, Readiness::kReadable | Readiness::kReadClosed);
      return Readiness();
    default:  // kOob
      if (is_heard) Add(other, Readiness::kPriority);
      return Readiness();
  }
}

// ---- The play

SimulatedPlay::SimulatedPlay(const SimulatedFaults& faults)
    : model_(selector_.capabilities(), kEverything), room_(kMaxRoom) {
  selector_.SetFaults(faults);
}

Verdict SimulatedPlay::Do(const Operation& operation) {
  if (operation.verb == Verb::kWait) return Wait(operation);
  if (IsChange(operation.verb)) {
    return JudgedCall(selector_, model_, objects_.handle(operation.slot),
                      operation);
  }
  TouchHandles(operation);
  return std::nullopt;
}

void SimulatedPlay::TouchHandles(const Operation& operation) {
  const int slot = operation.slot;
  if (operation.verb == Verb::kOpen) return Open(operation);
  if (objects_.description(slot) == World::kNothing) return;
  switch (operation.verb) {
    case Verb::kClose:
      return Close(slot, false);
    case Verb::kReset:
      return Close(slot, true);
    case Verb::kDup:
      return Dup(slot, operation.other);
    default:
      if (!objects_.is_pollable(slot)) return;
      model_.Touch(objects_.description(slot),
                   objects_.Do(operation.verb, slot));
  }
}

void SimulatedPlay::TellOpen(int slot) {
  model_.Open(slot, {objects_.description(slot), objects_.is_pollable(slot),
                     /*is_delayed=*/false, /*is_alike=*/false});
}

void SimulatedPlay::Close(int slot, bool is_reset) {
  objects_.Close(slot, is_reset);
  model_.Close(slot);
}

void SimulatedPlay::Open(const Operation& open) {
  const bool is_pair = IsPair(open.kind);
  const int first = is_pair ? open.slot & ~1 : open.slot;
  const int last = is_pair ? first + 1 : first;
  for (int slot = first; slot <= last; ++slot) {
    if (objects_.description(slot) != World::kNothing) Close(slot, true);
  }
  objects_.Open(open.slot, open.kind);
  for (int slot = first; slot <= last; ++slot) TellOpen(slot);
}

void SimulatedPlay::Dup(int from, int to) {
  const int description = objects_.description(from);
  if (from == to || model_.HasRegistration(to, description)) return;
  if (objects_.description(to) != World::kNothing) Close(to, false);
  objects_.Dup(from, to);
  TellOpen(to);
}

Verdict SimulatedPlay::Wait(const Operation& wait) {
  ++waits_;
  static_cast<void>(model_.Watched());
  model_.BeginWait(objects_.levels());
  const bool is_forever = wait.timeout == Timeout::kForever &&
                          (model_.MustReturn() || wait.room == 0);
  const bool is_timed = wait.timeout == Timeout::kBriefly;
  const absl::Duration timeout = is_forever ? absl::InfiniteDuration()
                                 : is_timed ? kBrief
                                            : absl::ZeroDuration();
  const absl::Duration start = simulation_.now();
  const absl::StatusOr<absl::Span<Event>> ready =
      selector_.Wait(absl::MakeSpan(room_.data(), wait.room), timeout);
  selector_.ClearCalls();
  if (!ready.ok()) return model_.JudgeFailedWait(wait.room, ready.status());
  events_ += ready->size();
  const bool is_early = is_timed && simulation_.now() - start < timeout;
  return model_.JudgeWait(
      {wait.room, *ready, is_early, is_forever},
      [this]() -> const World::Levels& { return objects_.levels(); });
}

}  // namespace testing
}  // namespace event_selector
