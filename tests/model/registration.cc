#include "tests/model/registration.h"

#include <cstdint>

#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"

namespace event_selector {
namespace testing {
namespace {

constexpr Readiness kAll = Readiness::FromBits(~std::uint32_t{0});

Readiness AskedFor(Interest interest) {
  Readiness asked;
  if (interest.contains(Interest::kReadable)) asked |= Readiness::kReadable;
  if (interest.contains(Interest::kWritable)) asked |= Readiness::kWritable;
  if (interest.contains(Interest::kPriority)) asked |= Readiness::kPriority;
  if (interest.contains(Interest::kReadClosed)) asked |= Readiness::kReadClosed;
  return asked;
}

}  // namespace

void Registration::Arm(std::uint64_t token, Interest interest, Mode mode,
                       std::uint64_t activity) {
  token_ = token;
  mode_ = mode;
  mask_ = AskedFor(interest) | kUnasked;
  // R6: a parked handle's hang-up is reported once for each change in any mode.
  is_edge_ = mode.contains(Mode::kEdge) || interest.empty();
  is_spent_by_parking_ = false;
  is_armed_ = true;
  is_certain_ = true;
  owed_ = kAll;
  reported_activity_ = activity;
  unexplained_ = 0;
  late_ = 0;
  waits_since = 0;
}

void Registration::Follow(int description) {
  description_ = description;
  owed_ = kAll;
}

Readiness Registration::Must(Readiness holds) const {
  if (is_orphan_ || !is_certain_ || !is_armed_) return Readiness();
  const Readiness told = holds & mask_;
  return is_edge_ ? told & owed_ : told;
}

Readiness Registration::May(Readiness holds, std::uint64_t activity) const {
  if (description_ == kNothing) return Readiness();
  const Readiness told = holds & mask_;
  if (!is_certain_) return told;
  if (!is_armed_) return Readiness();
  if (!is_edge_ || activity != reported_activity_) return told;
  if (!(told & owed_).empty()) return told;
  // What is under way over the network comes in its own time, but not for ever.
  constexpr int kMostUnexplained = 64;
  const bool may_be_late = is_delayed_ && unexplained_ < kMostUnexplained;
  return may_be_late ? told : Readiness();
}

void Registration::Report(Readiness readiness, Readiness holds,
                          std::uint64_t activity, bool may_be_part) {
  const Readiness owed = may_be_part && is_certain_ ? owed_ : Readiness();
  const bool is_spent = is_oneshot() || is_spent_by_parking_;
  if (is_spent) is_armed_ = false;
  // Of parts, nobody knows which ones are left.
  is_certain_ = is_certain_ || is_spent || !may_be_part;
  unexplained_ = activity == reported_activity_ ? unexplained_ + 1 : 0;
  // Another part of what the activity may bring can still come.
  if (!may_be_part) reported_activity_ = activity;
  // What held and was not reported had been reported before, or is still owed.
  owed_ = (owed | (kAll - holds)) - readiness;
  IsInTime();
}

bool Registration::IsLate() {
  constexpr int kChances = 2;
  return ++late_ >= (is_delayed_ ? kChances : 1);
}

}  // namespace testing
}  // namespace event_selector
