#include "tests/model/wait_judge.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "event/event.h"
#include "event/readiness.h"
#include "tests/model/registration.h"
#include "tests/model/registration_table.h"
#include "tests/model/world.h"

namespace event_selector {
namespace testing {
namespace {

std::string NameOf(const Registration& registration) {
  return absl::StrCat("the registration of slot ", registration.slot(),
                      " (token ", registration.token(), ", ",
                      registration.mode().ToString(), ")");
}

std::string TextOf(const Event& event) {
  return absl::StrCat("{token: ", event.token.value(), ", ",
                      event.readiness.ToString(), "}");
}

}  // namespace

std::uint64_t WaitJudge::activity(int index) const {
  if (!IsOpen(index)) return 0;
  const int object = World::ObjectOf(table_.at(index).description());
  return facts_.activity[Index(object)];
}

Readiness WaitJudge::HeldBefore(int index) const {
  if (!IsOpen(index)) return Readiness();
  return facts_.before[Index(table_.at(index).description())];
}

// What `index` may report. Includes what held just after the Wait if that was
// asked for.
Readiness WaitJudge::May(int index) {
  Readiness holds = HeldBefore(index) | facts_.unpollable;
  if (after_ != nullptr && IsOpen(index)) {
    holds |= (*after_)[Index(table_.at(index).description())];
  }
  const Registration& registration = table_.at(index);
  if (facts_.liberties.may_be_stale && !registration.is_level() &&
      registration.IsTouchedSinceReport(activity(index))) {
    holds |= Readiness::kReadable | Readiness::kWritable;
  }
  return registration.May(holds, activity(index));
}

Verdict WaitJudge::Judge() {
  if (facts_.events.size() > facts_.room) {
    return absl::StrCat("W5: ", facts_.events.size(),
                        " events where there was room for ", facts_.room);
  }
  state_.assign(Index(table_.size()), kSilent);
  for (const Event& event : facts_.events) {
    if (Verdict verdict = JudgeEvent(event)) return verdict;
  }
  if (Verdict verdict = JudgeTheSilent()) return verdict;
  if (Verdict verdict = JudgeTurns()) return verdict;
  CountTurns();
  return std::nullopt;
}

// ---- Events

Verdict WaitJudge::JudgeEvent(const Event& event) {
  const Group* group = table_.FindGroup(event.token.value());
  if (group == nullptr) {
    return absl::StrCat("R4, R5: ", TextOf(event),
                        " carries a token of no registration (any more)");
  }
  if (event.readiness.empty()) {
    return absl::StrCat(TextOf(event), " tells nothing");
  }
  if (group->size() == 1) return JudgeOwnEvent(event, group->front());
  has_shared_events_ = true;
  // All events of the group are judged with its first.
  if (state_[Index(group->front())] == kShared) return std::nullopt;
  return JudgeGroup(*group);
}

bool WaitJudge::IsEventOf(const Event& event, int index) {
  return May(index).contains(event.readiness) &&
         IsWhole(event.readiness, index);
}

Verdict WaitJudge::JudgeOwnEvent(const Event& event, int index) {
  int& state = state_[Index(index)];
  if (state == kReported) {
    return absl::StrCat("W1: a second event in one Wait, ", TextOf(event),
                        ", of ", NameOf(table_.at(index)));
  }
  if (!IsEventOf(event, index)) {
    after_ = &facts_.ask_again();
    if (!IsEventOf(event, index)) return WhyNot(event, index);
  }
  state = kReported;
  table_.at(index).Report(event.readiness, HeldBefore(index), activity(index),
                          may_be_tight());
  return std::nullopt;
}

std::string WaitJudge::WhyNot(const Event& event, int index) {
  const std::string name = NameOf(table_.at(index));
  const std::string holds = absl::StrCat(
      "; poll(2) says: ", HeldBefore(index).ToString(), " before, ",
      IsOpen(index)
          ? (*after_)[Index(table_.at(index).description())].ToString()
          : "closed",
      " after");
  const Readiness may = May(index);
  if (may.empty()) {
    return absl::StrCat("M2, M3, R6: ", TextOf(event), ", but ", name,
                        " had nothing to report: it was reported or disarmed "
                        "before, or nothing that it asks for holds",
                        holds);
  }
  if (!may.contains(event.readiness)) {
    return absl::StrCat("R4: ", TextOf(event), ", but ", name,
                        " may only report ", may.ToString(), holds);
  }
  return absl::StrCat("W1: ", TextOf(event), " leaves out some of ",
                      due(index).ToString(), ", which ", name,
                      " must report together", holds);
}

// ---- Events of registrations that share a token

WaitJudge::Events WaitJudge::EventsOf(const Group& group) const {
  const std::uint64_t token = table_.at(group.front()).token();
  Events events;
  for (const Event& event : facts_.events) {
    if (event.token.value() == token) events.push_back(event);
  }
  return events;
}

Verdict WaitJudge::JudgeGroup(const Group& group) {
  const Events events = EventsOf(group);
  for (const int index : group) state_[Index(index)] = kShared;
  const auto judge = [&] {
    return may_be_merged() ? JudgeMergedGroup(group, events)
                           : JudgeMatchedGroup(group, events);
  };
  Verdict verdict = judge();
  if (verdict.has_value()) {
    after_ = &facts_.ask_again();
    verdict = judge();
  }
  if (!verdict.has_value()) TellGroup(group, events);
  return verdict;
}

Verdict WaitJudge::JudgeMergedGroup(const Group& group, const Events& events) {
  Readiness may;
  std::size_t candidates = 0;
  for (const int index : group) {
    may |= May(index);
    if (!May(index).empty()) ++candidates;
  }
  for (const Event& event : events) {
    if (may.contains(event.readiness) && events.size() <= candidates) continue;
    return absl::StrCat("K3: ", TextOf(event), ", but the registrations of ",
                        "its token may only report ", candidates,
                        " events, of ", may.ToString());
  }
  return std::nullopt;
}

// Every event must have a registration of its own, and every registration that
// must report an event of its own. By the theorem of Mendelsohn and Dulmage,
// one matching does both if there is one for each.
Verdict WaitJudge::JudgeMatchedGroup(const Group& group, const Events& events) {
  Candidates of_events(events.size());
  Candidates of_due;
  for (std::size_t i = 0; i < group.size(); ++i) {
    std::vector<int> own;
    for (std::size_t j = 0; j < events.size(); ++j) {
      if (!IsEventOf(events[j], group[i])) continue;
      own.push_back(static_cast<int>(j));
      of_events[j].push_back(static_cast<int>(i));
    }
    const bool is_due =
        !due(group[i]).empty() && !table_.at(group[i]).is_delayed();
    if (is_due && has_room_left()) of_due.push_back(std::move(own));
  }
  if (!CanAllBeMatched(of_events, group.size())) {
    return absl::StrCat("W1: ", events.size(), " events like ",
                        TextOf(events.front()), " do not fit the ",
                        group.size(), " registrations of their token");
  }
  if (!CanAllBeMatched(of_due, events.size())) {
    return absl::StrCat(of_due.size(), " registrations of the token ",
                        table_.at(group.front()).token(),
                        " must report, but only ", events.size(),
                        " events came, which do not fit them");
  }
  return std::nullopt;
}

// Whether each of `candidates` can have one of its own, of `size`: augmenting
// paths (Kuhn's algorithm).
bool WaitJudge::CanAllBeMatched(const Candidates& candidates,
                                std::size_t size) const {
  constexpr int kFree = -1;
  std::vector<int> owner(size, kFree);
  std::vector<bool> is_visited;
  const auto match = [&](const auto& self, int from) -> bool {
    for (const int to : candidates[Index(from)]) {
      if (is_visited[Index(to)]) continue;
      is_visited[Index(to)] = true;
      if (owner[Index(to)] != kFree && !self(self, owner[Index(to)])) continue;
      owner[Index(to)] = from;
      return true;
    }
    return false;
  };
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    is_visited.assign(size, false);
    if (!match(match, static_cast<int>(i))) return false;
  }
  return true;
}

// Tells the registrations of `group` what they have reported, as far as that is
// clear.
void WaitJudge::TellGroup(const Group& group, const Events& events) {
  Readiness told;
  for (const Event& event : events) told |= event.readiness;
  const auto candidates = static_cast<std::size_t>(
      std::count_if(group.begin(), group.end(),
                    [this](int index) { return !May(index).empty(); }));
  const bool is_clear =
      candidates == events.size() && !may_be_merged() && !may_be_tight();
  for (const int index : group) {
    // Its event would tell what is due.
    if (May(index).empty() || !IsWhole(told, index)) continue;
    if (is_clear) {
      table_.at(index).Report(told, HeldBefore(index), activity(index));
    } else {
      table_.at(index).MayHaveReported();
    }
  }
}

// ---- What did not come

Verdict WaitJudge::JudgeTheSilent() {
  // A merged event leaves a place empty.
  const bool is_full =
      !has_room_left() || (may_be_merged() && has_shared_events_);
  for (int index = 0; index < table_.size(); ++index) {
    if (state_[Index(index)] != kSilent) continue;
    Registration& registration = table_.at(index);
    if (due(index).empty()) {
      registration.IsInTime();
    } else if (!is_full && registration.IsLate()) {
      return absl::StrCat("M1, M2, K3: nothing came of ", NameOf(registration),
                          ", which must report ", due(index).ToString(),
                          ", although there was room");
    }
    registration.SeeUnready(Readiness::FromBits(~HeldBefore(index).bits()));
  }
  return std::nullopt;
}

// ---- W5. While one waits for its turn, no other may have two.

// Whether it has had something to report since `waits_since`. Where each part
// of the readiness has a turn of its own, it must be the same all the time.
bool WaitJudge::StillWaits(int index) const {
  const Registration& registration = table_.at(index);
  if (registration.waits_since == 0 || due(index).empty()) return false;
  return facts_.liberties.places == 1 ||
         !(due(index) & registration.waits_for).empty();
}

Verdict WaitJudge::JudgeTurns() {
  int first = RegistrationTable::kNone;  // That has waited for the longest.
  for (int index = 0; index < table_.size(); ++index) {
    const std::uint64_t since = table_.at(index).waits_since;
    if (state_[Index(index)] != kSilent || !StillWaits(index)) continue;
    if (first == RegistrationTable::kNone ||
        since < table_.at(first).waits_since) {
      first = index;
    }
  }
  if (first == RegistrationTable::kNone) return std::nullopt;
  if (facts_.liberties.has_two_queues) {
    const std::uint64_t most = 2 * Index(table_.size()) + 2;
    if (facts_.number - table_.at(first).waits_since <= most) {
      return std::nullopt;
    }
    return absl::StrCat("W5: ", NameOf(table_.at(first)), " has waited for ",
                        most, " turns of the others");
  }
  for (int index = 0; index < table_.size(); ++index) {
    if (state_[Index(index)] == kReported &&
        table_.at(index).last_reports[facts_.liberties.places - 1] >=
            table_.at(first).waits_since) {
      return absl::StrCat("W5: ", NameOf(table_.at(index)),
                          " has a second turn while ", NameOf(table_.at(first)),
                          " waits for its first");
    }
  }
  return std::nullopt;
}

void WaitJudge::CountTurns() {
  for (int index = 0; index < table_.size(); ++index) {
    Registration& registration = table_.at(index);
    const int state = state_[Index(index)];
    if (state == kReported) registration.CountReport(facts_.number);
    // One whose condition poll(2) may have seen first is not in the queue yet.
    const bool waits =
        state == kSilent && !due(index).empty() && !registration.is_delayed();
    if (!waits) {
      registration.waits_since = 0;
    } else if (!StillWaits(index)) {
      registration.waits_since = facts_.number;
      registration.waits_for = due(index);
    } else {
      registration.waits_for &= due(index);
    }
  }
}

}  // namespace testing
}  // namespace event_selector
