#ifndef TESTS_MODEL_REGISTRATION_H_
#define TESTS_MODEL_REGISTRATION_H_

#include <array>
#include <cstdint>

#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"

namespace event_selector {
namespace testing {

// What the contract lets one registration report, from what was seen of its
// handle: the state machine of one registration, without its neighbours.
//
// What holds is told by poll(2). A level-triggered registration must report
// what holds. An edge-triggered or parked one owes the report of a condition
// from `Arm` on, and again from each time that the condition was seen not to
// hold; it must report what it owes as soon as that holds. It may report more
// after any activity on its object, but nothing without.
class Registration {
 public:
  // `is_alike`: whether the system can take `description` for others.
  Registration(int slot, int description, bool is_delayed,
               bool is_alike = false)
      : slot_(slot),
        description_(description),
        first_description_(description),
        is_delayed_(is_delayed),
        is_alike_(is_alike) {}

  // `Add` or `Modify`. `activity` is the object's counter, here and below.
  void Arm(std::uint64_t token, Interest interest, Mode mode,
           std::uint64_t activity);

  // The slot was closed, and its description lives on in another one: nothing
  // must come any more.
  void Orphan() { is_orphan_ = true; }

  // It counts again, for what the slot holds by now.
  void Revive() { is_orphan_ = false; }

  // The slot, which was closed, holds `description` by now, and what is under
  // its number is what may be reported. kNothing: nothing is.
  void Follow(int description);
  static constexpr int kNothing = -1;

  // A parked one is to report once only, after this.
  void ParkForOneReport() { is_spent_by_parking_ = is_parked(); }

  // Something was seen not to hold.
  void SeeUnready(Readiness unready) { owed_ |= unready; }

  // What it must report if `holds` is what holds. Empty: nothing.
  Readiness Must(Readiness holds) const;

  // What it may report if each of `holds` held at some time during the Wait.
  // Empty: nothing. (A report also contains what `Must` says.)
  Readiness May(Readiness holds, std::uint64_t activity) const;

  // It reported `readiness`, while `holds` held; `may_be_part`: perhaps not all
  // that it owed.
  void Report(Readiness readiness, Readiness holds, std::uint64_t activity,
              bool may_be_part = false);

  // It may have reported something, and nobody knows.
  void MayHaveReported() { is_certain_ = is_level(); }

  // Whether an event that it must report, and that did not come, is a
  // difference. What goes over the network gets a second chance: poll(2) tells
  // of it a moment before the selector hears of it.
  bool IsLate();
  void IsInTime() { late_ = 0; }

  int slot() const { return slot_; }
  // kNothing: none that is open.
  int description() const { return description_; }
  // The one that it was made for.
  int first_description() const { return first_description_; }
  bool is_alike() const { return is_alike_; }
  std::uint64_t token() const { return token_; }
  Mode mode() const { return mode_; }
  bool is_parked() const { return mask_ == kUnasked; }
  bool is_delayed() const { return is_delayed_; }
  bool is_orphan() const { return is_orphan_; }
  bool is_renamed() const { return is_renamed_; }
  // Neither what it owes nor whether it is armed depends on its reports.
  bool is_level() const {
    return !is_edge_ && !is_oneshot() && !is_spent_by_parking_;
  }

  // Whether the object has been used since the last report, or since it was
  // armed: `activity` is what is counted by now.
  bool IsTouchedSinceReport(std::uint64_t activity) const {
    return activity != reported_activity_;
  }

  // ---- For the order of reports: counted in Waits, 0 for never.

  // The last ones, the youngest first.
  std::array<std::uint64_t, 3> last_reports = {0, 0, 0};
  void CountReport(std::uint64_t wait) {
    last_reports = {wait, last_reports[0], last_reports[1]};
  }
  // The Wait since which it has had to report something and could not for want
  // of room.
  std::uint64_t waits_since = 0;
  // What of that it has had to report all the time since.
  Readiness waits_for;

 private:
  static constexpr Readiness kUnasked = Readiness::kHangup | Readiness::kError;

  bool is_oneshot() const { return mode_.contains(Mode::kOneshot); }

  int slot_;
  int description_;
  int first_description_;
  bool is_delayed_;
  bool is_alike_;
  bool is_orphan_ = false;
  bool is_renamed_ = false;

  std::uint64_t token_ = 0;
  Mode mode_;
  Readiness mask_;  // What its events may tell.
  bool is_edge_ = false;
  bool is_spent_by_parking_ = false;
  bool is_armed_ = false;
  bool is_certain_ = true;  // Whether is_armed_ and owed_ are what they say.
  Readiness owed_;
  std::uint64_t reported_activity_ = 0;
  int unexplained_ = 0;  // Reports since, without activity.
  int late_ = 0;
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_MODEL_REGISTRATION_H_
