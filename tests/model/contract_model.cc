#include "tests/model/contract_model.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "tests/model/registration.h"
#include "tests/model/registration_table.h"
#include "tests/model/script.h"
#include "tests/model/wait_judge.h"
#include "tests/model/world.h"

namespace event_selector {
namespace testing {
namespace {

using Code = absl::StatusCode;
// What is wrong with a call; any of it may be what the status says.
using Codes = absl::InlinedVector<Code, 4>;

constexpr Interest kEveryInterest = Interest::kReadable | Interest::kWritable |
                                    Interest::kPriority | Interest::kReadClosed;
constexpr Mode kEveryMode =
    Mode::kEdge | Mode::kOneshot | Mode::kExclusive | Mode::kKeepAwake;
constexpr int kNone = RegistrationTable::kNone;

std::string OneOf(const Codes& codes) {
  std::string text;
  for (const Code code : codes) {
    absl::StrAppend(&text, text.empty() ? "" : " or ",
                    absl::StatusCodeToString(code));
  }
  return text;
}

Verdict JudgeStatus(const absl::Status& status, Codes codes) {
  if (codes.empty()) codes.push_back(Code::kOk);
  if (std::find(codes.begin(), codes.end(), status.code()) != codes.end()) {
    return std::nullopt;
  }
  return absl::StrCat("returned ", status.ToString(), ", but ", OneOf(codes),
                      " is right");
}

// R3, M5.
bool IsExclusiveMisused(const Operation& operation, bool is_add) {
  if (!operation.mode.contains(Mode::kExclusive)) return false;
  return !is_add || operation.mode.contains(Mode::kOneshot) ||
         !(Interest::kReadable | Interest::kWritable)
              .contains(operation.interest);
}

void CheckArguments(const Operation& operation, bool is_add,
                    const Capabilities& capabilities, Codes& codes) {
  if (!kEveryInterest.contains(operation.interest) ||
      !kEveryMode.contains(operation.mode) ||
      IsExclusiveMisused(operation, is_add)) {
    codes.push_back(Code::kInvalidArgument);
  }
  if (!capabilities.interests.contains(operation.interest) ||
      !capabilities.modes.contains(operation.mode)) {
    codes.push_back(Code::kUnimplemented);
  }
}

}  // namespace

// ---- Handles

void Model::Open(int slot, const Description& description) {
  slots_[Index(slot)] = description;
  ++holders_[Index(description.number)];
  if (liberties_.keeps_numbers) table_.Follow(slot, description.number);
  Touch(description.number);
}

void Model::Close(int slot) {
  const int description = slots_[Index(slot)].number;
  table_.Orphan(slot);
  slots_[Index(slot)] = Description();
  const bool is_gone = --holders_[Index(description)] == 0;
  if (liberties_.keeps_numbers) {
    table_.Follow(slot, Registration::kNothing);
  } else if (is_gone) {
    table_.EraseAllOf(description);
  }
  Touch(description);
}

void Model::Touch(int description, Readiness unready) {
  ++activity_[Index(World::ObjectOf(description))];
  if (unready.empty()) return;
  for (int index = 0; index < table_.size(); ++index) {
    Registration& registration = table_.at(index);
    if (registration.description() != description) continue;
    registration.SeeUnready(unready);
    registration.waits_since = 0;
  }
}

bool Model::HasRegistration(int slot, int description) const {
  return table_.Contains(slot, description);
}

// ---- Calls

// Arms the live registration of what `operation` names.
void Model::Arm(const Operation& operation) {
  const int object = World::ObjectOf(slots_[Index(operation.slot)].number);
  table_.Arm(operation.slot, operation.token, operation.interest,
             operation.mode, activity_[Index(object)]);
  if (liberties_.keeps_numbers) {
    table_.at(table_.FindLive(operation.slot)).ParkForOneReport();
  }
}

// Whether a registration has followed the number of `slot` to something that
// looks like what it was made for.
bool Model::MayBeTheSame(int slot) const {
  if (!liberties_.keeps_numbers) return false;
  const int follower = table_.FindFollower(slot);
  return follower != kNone && table_.at(follower).is_alike() &&
         slots_[Index(slot)].is_alike;
}

Verdict Model::JudgeAdd(const Operation& add, const absl::Status& status) {
  if (is_closed_) return JudgeStatus(status, {Code::kCancelled});
  Codes codes;
  CheckArguments(add, true, capabilities_, codes);
  if (!IsWatchable(add.slot)) codes.push_back(WhyUnwatchable(add.slot));
  if (table_.FindLive(add.slot) != kNone) {
    codes.push_back(Code::kAlreadyExists);
  }
  if (codes.empty() && MayBeTheSame(add.slot)) {
    codes = {Code::kOk, Code::kAlreadyExists};
  }
  Verdict verdict = JudgeStatus(status, codes);
  if (liberties_.arms_to_ask && status.code() == Code::kAlreadyExists) {
    Touch(slots_[Index(add.slot)].number);
  }
  if (!verdict.has_value() && status.ok()) {
    if (liberties_.keeps_numbers) table_.EraseFollower(add.slot);
    const Description& description = slots_[Index(add.slot)];
    table_.Add(add.slot, description.number, description.is_delayed,
               description.is_alike);
    Arm(add);
  }
  return verdict;
}

Verdict Model::JudgeModify(const Operation& modify,
                           const absl::Status& status) {
  if (is_closed_) return JudgeStatus(status, {Code::kCancelled});
  Codes codes;
  CheckArguments(modify, false, capabilities_, codes);
  const bool has_right_arguments = codes.empty();
  const int live = table_.FindLive(modify.slot);
  if (!IsWatchable(modify.slot)) {
    codes.push_back(WhyUnwatchable(modify.slot));
  } else if (live == kNone) {
    codes.push_back(Code::kNotFound);
  } else if (table_.at(live).mode().contains(Mode::kExclusive)) {
    codes.push_back(Code::kInvalidArgument);
  }
  const bool may_revive = live == kNone && MayBeTheSame(modify.slot);
  if (has_right_arguments && may_revive) {
    codes.push_back(Code::kOk);
  }
  Verdict verdict = JudgeStatus(status, codes);
  if (verdict.has_value()) return verdict;
  if (status.ok()) {
    if (may_revive) table_.Revive(modify.slot);
    Arm(modify);
  } else if (liberties_.keeps_numbers && status.code() == Code::kNotFound) {
    table_.EraseFollower(modify.slot);
  }
  return verdict;
}

Verdict Model::JudgeRemove(int slot, const absl::Status& status) {
  if (is_closed_) return JudgeStatus(status, {Code::kCancelled});
  Codes codes;
  const bool is_live = table_.FindLive(slot) != kNone;
  if (!IsWatchable(slot)) {
    codes.push_back(WhyUnwatchable(slot));
  } else if (!is_live) {
    codes.push_back(Code::kNotFound);
    if (MayBeTheSame(slot)) codes.push_back(Code::kOk);
  }
  Verdict verdict = JudgeStatus(status, codes);
  if (verdict.has_value()) return verdict;
  if (is_live && status.ok()) {
    table_.Erase(slot);
  } else if (liberties_.keeps_numbers) {
    table_.EraseFollower(slot);
  }
  return verdict;
}

Verdict Model::JudgeWake(const absl::Status& status) {
  if (is_closed_) return JudgeStatus(status, {Code::kCancelled});
  wake_up_ = WakeUp::kPending;
  return JudgeStatus(status, {});
}

// ---- Wait

const std::vector<int>& Model::Watched() {
  std::array<bool, World::kDescriptions> is_watched = {};
  watched_.clear();
  for (int index = 0; index < table_.size(); ++index) {
    const int description = table_.at(index).description();
    if (description == Registration::kNothing) continue;
    if (is_watched[Index(description)]) continue;
    is_watched[Index(description)] = true;
    watched_.push_back(description);
  }
  return watched_;
}

void Model::BeginWait(const Levels& levels) {
  ++wait_number_;
  levels_ = levels;
  due_.clear();
  for (int index = 0; index < table_.size(); ++index) {
    const Registration& registration = table_.at(index);
    const bool is_silent =
        registration.description() == Registration::kNothing ||
        (registration.is_parked() && !capabilities_.hangup_without_interest);
    due_.push_back(is_silent ? Readiness()
                             : registration.Must(
                                   levels[Index(registration.description())]));
  }
}

bool Model::MustReturn() const {
  return is_closed_ || wake_up_ == WakeUp::kPending ||
         std::any_of(due_.begin(), due_.end(),
                     [](Readiness due) { return !due.empty(); });
}

Verdict Model::JudgeFailedWait(std::size_t room,
                               const absl::Status& status) const {
  Codes codes;
  if (is_closed_) codes.push_back(Code::kCancelled);
  if (room == 0) codes.push_back(Code::kInvalidArgument);
  return JudgeStatus(status, codes);
}

Verdict Model::JudgeWait(const Outcome& outcome,
                         absl::FunctionRef<const Levels&()> ask_again) {
  if (is_closed_ || outcome.room == 0) {
    return JudgeFailedWait(outcome.room, absl::OkStatus());
  }
  const std::size_t wasted = liberties_.wastes_places ? table_.oneshots() : 0;
  const WaitFacts facts = {outcome.room,
                           outcome.events,
                           wait_number_,
                           wasted,
                           wake_up_ != WakeUp::kNone,
                           due_,
                           levels_,
                           activity_,
                           Readiness::FromBits(~pollable_.bits()),
                           liberties_,
                           ask_again};
  if (Verdict verdict = WaitJudge(table_, facts).Judge()) return verdict;
  const bool is_unfounded =
      outcome.events.empty() && (outcome.is_early || outcome.is_forever);
  if (is_unfounded && wake_up_ == WakeUp::kNone) {
    return "W2, W3: returned nothing before its time, and nobody called Wake";
  }
  // K3: behind a span that is full, it comes with the next Wait.
  const bool is_full =
      outcome.events.size() + wasted >= outcome.room ||
      liberties_.MayBeTight(outcome.room, Index(table_.size()));
  if (wake_up_ != WakeUp::kNone) {
    wake_up_ = is_full ? WakeUp::kPossible : WakeUp::kNone;
  }
  return std::nullopt;
}

}  // namespace testing
}  // namespace event_selector
