#include "tests/faults/workout.h"

#include <sstream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"
#include "tests/contract/stopwatch.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

constexpr Token kFirst(0x1001);
constexpr Token kSecond(0x1002);

// One workout: after the first step that fails, no other is made.
class Exercise {
 public:
  explicit Exercise(Selector& selector) : selector_(selector) {}

  std::string Run() {
    const Handle handle = pair_.a.handle();
    Check("Add", selector_.Add(handle, kFirst, Interest::kReadable));
    ExpectNothing("nothing is ready");
    SendAll(pair_.b.handle(), "x");
    ExpectEvent("data came", Event{kFirst, Readiness::kReadable});
    Check("Modify",
          selector_.Modify(handle, kSecond, Interest::kWritable, Mode::kLevel));
    ExpectEvent("modified", Event{kSecond, Readiness::kWritable});
    Check("Modify",
          selector_.Modify(handle, kSecond, Interest::kReadable, Mode::kLevel));
    Drain(handle);
    WaitOut(absl::Microseconds(1500));  // epoll_pwait2, where there is one.
    WaitOut(absl::Milliseconds(1));
    WakeUp();
    Check("Remove", selector_.Remove(handle));
    SendAll(pair_.b.handle(), "x");
    ExpectNothing("removed");
    return failure_;
  }

 private:
  bool has_failed() const { return !failure_.empty(); }

  void Fail(absl::string_view step, absl::string_view what) {
    if (!has_failed()) failure_ = absl::StrCat(step, ": ", what);
  }

  void Check(absl::string_view step, const absl::Status& status) {
    if (!status.ok()) Fail(step, status.ToString());
  }

  absl::Span<Event> Wait(absl::string_view step, absl::Duration timeout) {
    if (has_failed()) return {};
    const absl::StatusOr<absl::Span<Event>> ready =
        selector_.Wait(absl::MakeSpan(room_), timeout);
    Check(step, ready.status());
    return ready.ok() ? *ready : absl::Span<Event>();
  }

  void ExpectNothing(absl::string_view step) {
    for (const Event& event : Wait(step, absl::ZeroDuration())) {
      Fail(step, absl::StrCat("an event came: ", ToString(event)));
    }
  }

  void ExpectEvent(absl::string_view step, const Event& expected) {
    const absl::Span<Event> events = Wait(step, absl::InfiniteDuration());
    if (events.size() == 1 && events[0] == expected) return;
    Fail(step, absl::StrCat(events.size(), " events came, not one ",
                            ToString(expected)));
  }

  void WaitOut(absl::Duration timeout) {
    const Stopwatch stopwatch;
    if (!Wait("timeout", timeout).empty()) Fail("timeout", "an event came");
    if (stopwatch.Elapsed() < timeout) Fail("timeout", "ended early");
  }

  void WakeUp() {
    if (has_failed()) return;
    Check("Wake", selector_.Wake());
    if (!Wait("woken up", absl::InfiniteDuration()).empty()) {
      Fail("woken up", "an event came");
    }
    // Once, and no more.
    WaitOut(absl::Milliseconds(1));
  }

  static std::string ToString(const Event& event) {
    std::ostringstream out;
    out << event;
    return out.str();
  }

  Selector& selector_;
  SocketPair pair_ = MakeStreamPair();
  Event room_[8];
  std::string failure_;
};

}  // namespace

std::string Workout(Selector& selector) { return Exercise(selector).Run(); }

}  // namespace testing
}  // namespace event_selector
