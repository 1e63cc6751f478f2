#ifndef EVENT_TESTING_INTERNAL_TIMELINE_H_
#define EVENT_TESTING_INTERNAL_TIMELINE_H_

#include <map>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

namespace event_selector {
namespace testing {
namespace internal {

// A clock that moves only when it is told to, and what is to happen at which
// time. Times count from the clock's beginning. Thread-compatible.
class Timeline {
 public:
  using Action = absl::AnyInvocable<void()>;

  absl::Duration now() const { return now_; }

  // To be done at `time`; at once (by the next `TakeDue`) if that is over.
  void Schedule(absl::Duration time, Action action) {
    actions_.emplace(time, std::move(action));
  }

  // The time of the first action; infinite where there is none.
  absl::Duration next() const {
    return actions_.empty() ? absl::InfiniteDuration()
                            : actions_.begin()->first;
  }

  // Whether the time of an action has come.
  bool IsDue() const {
    return !actions_.empty() && actions_.begin()->first <= now_;
  }

  // Takes out the first action whose time has come: the earliest, and of one
  // time the one that was scheduled first. An empty one where there is none.
  Action TakeDue() {
    if (!IsDue()) return nullptr;
    Action action = std::move(actions_.begin()->second);
    actions_.erase(actions_.begin());
    return action;
  }

  // Never moves back.
  void MoveTo(absl::Duration time) {
    if (time > now_) now_ = time;
  }

 private:
  absl::Duration now_;
  std::multimap<absl::Duration, Action> actions_;
};

}  // namespace internal
}  // namespace testing
}  // namespace event_selector

#endif  // EVENT_TESTING_INTERNAL_TIMELINE_H_
