#ifndef EVENT_TESTING_INTERNAL_REGISTRATION_H_
#define EVENT_TESTING_INTERNAL_REGISTRATION_H_

#include "absl/time/time.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/testing/internal/handle_table.h"
#include "event/token.h"

namespace event_selector {
namespace testing {
namespace internal {

// One registration of a simulated selector.
struct SimulatedRegistration {
  // What is asked for besides hang-up and error. The bits are the same.
  Readiness asked() const { return Readiness::FromBits(interest.bits()); }
  bool is_parked() const { return interest.empty(); }
  bool is_oneshot() const { return mode.contains(Mode::kOneshot); }
  bool is_exclusive() const { return mode.contains(Mode::kExclusive); }
  // R6: what is parked reports each change once, in any mode.
  bool is_edge() const { return mode.contains(Mode::kEdge) || is_parked(); }
  // What of `readiness` is to be reported.
  Readiness Told(Readiness readiness) const {
    return is_armed ? readiness & mask : Readiness();
  }

  Handle handle = kInvalidHandle;
  DescriptionId description = HandleTable::kNothing;
  Token token;
  Interest interest;
  Mode mode;
  // What its events may tell.
  Readiness mask;
  // False: oneshot, and spent.
  bool is_armed = true;
  // Whether it is among those that the next `Wait` looks at.
  bool is_queued = false;
  // If it is queued: not to be reported earlier (a fault).
  absl::Duration not_before;
};

}  // namespace internal
}  // namespace testing
}  // namespace event_selector

#endif  // EVENT_TESTING_INTERNAL_REGISTRATION_H_
