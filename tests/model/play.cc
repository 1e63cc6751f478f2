#include "tests/model/play.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"
#include "tests/contract/stopwatch.h"
#include "tests/model/contract_model.h"
#include "tests/model/judged_call.h"
#include "tests/model/liberties.h"
#include "tests/model/objects.h"
#include "tests/model/script.h"
#include "tests/model/watchdog.h"
#include "tests/model/world.h"

namespace event_selector {
namespace testing {
namespace {

using Verb = Operation::Verb;

constexpr std::size_t kMaxRoom = 1024;
constexpr absl::Duration kBrief = absl::Milliseconds(1);

// Stands behind the room of each Wait, and must still be there afterwards.
constexpr Event kCanary = {Token(0x5afe'5afe'5afe'5afe),
                           Readiness::FromBits(0x5afe5afe)};

}  // namespace

Play::Play(Selector& selector, Watchdog& watchdog, const Liberties& liberties)
    : selector_(selector),
      watchdog_(watchdog),
      liberties_(liberties),
      model_(selector.capabilities(), PollableReadiness(), liberties),
      room_(kMaxRoom + 1) {}

Verdict Play::Do(const Operation& operation) {
  if (operation.verb == Verb::kWait) return Wait(operation);
  if (IsChange(operation.verb)) {
    return JudgedCall(selector_, model_, world_.handle(operation.slot),
                      operation);
  }
  TouchHandles(operation);
  return std::nullopt;
}

// ---- Handles

void Play::TouchHandles(const Operation& operation) {
  const int slot = operation.slot;
  if (operation.verb == Verb::kOpen) return Open(operation);
  if (world_.description(slot) == World::kNothing) {
    ++counts_.skipped;
    return;
  }
  switch (operation.verb) {
    case Verb::kClose:
      return Close(slot, false);
    case Verb::kReset:
      return Close(slot, true);
    case Verb::kDup:
      return Dup(slot, operation.other);
    case Verb::kRead:
      return DoIo(slot, &World::Read);
    case Verb::kWrite:
      return DoIo(slot, &World::Write);
    case Verb::kDrain:
      return DoIo(slot, &World::Drain);
    case Verb::kFill:
      return DoIo(slot, &World::Fill);
    case Verb::kShutdown:
      return DoIo(slot, &World::Shutdown);
    default:
      return DoIo(slot, &World::SendOob);
  }
}

void Play::TellOpen(int slot) {
  model_.Open(slot, {world_.description(slot), world_.is_pollable(slot),
                     world_.is_delayed(slot), world_.is_alike(slot)});
}

// Removes a handle that is about to be closed, if it is registered.
void Play::RemoveInTime(int slot) {
  const absl::Status status = selector_.Remove(world_.handle(slot));
  if (status.ok()) static_cast<void>(model_.JudgeRemove(slot, status));
}

void Play::Close(int slot, bool is_reset) {
  if (!NoticesEachClose() || liberties_.needs_remove) RemoveInTime(slot);
  if (is_reset) {
    world_.Reset(slot);
  } else {
    world_.Close(slot);
  }
  model_.Close(slot);
}

void Play::Open(const Operation& open) {
  const bool is_pair = IsPair(open.kind);
  const int first = is_pair ? open.slot & ~1 : open.slot;
  const int last = is_pair ? first + 1 : first;
  for (int slot = first; slot <= last; ++slot) {
    if (world_.description(slot) != World::kNothing) Close(slot, true);
  }
  if (!world_.Open(open.slot, open.kind)) {
    ++counts_.skipped;
    return;
  }
  for (int slot = first; slot <= last; ++slot) TellOpen(slot);
}

void Play::Dup(int from, int to) {
  const bool is_settled =
      from != to && !model_.HasRegistration(to, world_.description(from));
  if (!is_settled || !CanChooseNumbers()) {
    ++counts_.skipped;
    return;
  }
  if (world_.description(to) != World::kNothing) Close(to, false);
  world_.Dup(from, to);
  TellOpen(to);
}

void Play::DoIo(int slot, World::Result (World::*io)(int)) {
  const World::Result result = (world_.*io)(slot);
  if (result.is_done) {
    model_.Touch(world_.description(slot), result.unready);
  } else {
    ++counts_.skipped;
  }
}

// ---- Wait

absl::Duration Play::TimeoutOf(const Operation& wait) const {
  switch (wait.timeout) {
    case Timeout::kNow:
      return absl::ZeroDuration();
    case Timeout::kBriefly:
      return kBrief;
    case Timeout::kForever:
      return model_.MustReturn() || wait.room == 0 ? absl::InfiniteDuration()
                                                   : absl::ZeroDuration();
  }
  return absl::ZeroDuration();
}

Verdict Play::JudgeSpan(std::size_t room,
                        absl::Span<const Event> events) const {
  if (room_[room] != kCanary) {
    return std::string("wrote behind the span that it was given");
  }
  if (!events.empty() && events.data() != room_.data()) {
    return std::string("returned events that are not the front of the span");
  }
  return std::nullopt;
}

void Play::Look(World::Levels& levels) {
  const std::vector<int>& watched = model_.Watched();
  world_.Poll(watched, levels);
  if (liberties_.tells_ends) world_.AsEnds(watched, levels);
}

Verdict Play::Wait(const Operation& wait) {
  ++counts_.waits;
  Look(before_);
  model_.BeginWait(before_);
  const absl::Duration timeout = TimeoutOf(wait);
  const bool is_forever = timeout == absl::InfiniteDuration();
  const bool is_timed = timeout == kBrief;
  room_[wait.room] = kCanary;
  watchdog_.Watch(selector_);
  std::optional<Stopwatch> stopwatch;
  if (is_timed) stopwatch.emplace();
  const absl::StatusOr<absl::Span<Event>> ready =
      selector_.Wait(absl::MakeSpan(room_.data(), wait.room), timeout);
  const bool is_early = is_timed && stopwatch->Elapsed() < timeout;
  if (watchdog_.Release()) {
    return absl::StrCat("K1, M1, M2, W2: with the timeout ",
                        absl::FormatDuration(timeout), ", did not return");
  }
  if (!ready.ok()) return model_.JudgeFailedWait(wait.room, ready.status());
  counts_.events += ready->size();
  if (Verdict verdict = JudgeSpan(wait.room, *ready)) return verdict;
  return model_.JudgeWait({wait.room, *ready, is_early, is_forever},
                          [this]() -> const World::Levels& {
                            after_ = before_;
                            Look(after_);
                            return after_;
                          });
}

}  // namespace testing
}  // namespace event_selector
