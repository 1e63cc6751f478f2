#ifndef EVENT_TESTING_SIMULATED_SELECTOR_H_
#define EVENT_TESTING_SIMULATED_SELECTOR_H_

#include <array>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/admission.h"
#include "event/internal/owner_thread.h"
#include "event/internal/registration_rules.h"
#include "event/internal/selector_errors.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/testing/internal/registration.h"
#include "event/testing/internal/simulation_core.h"
#include "event/testing/selector_call.h"
#include "event/testing/simulated_faults.h"
#include "event/testing/simulation.h"
#include "event/token.h"

namespace event_selector {
namespace testing {

// Every interest and mode, a resolution of a nanosecond, hang-up without
// interest: what a selector can do at most.
Capabilities EveryCapability();

struct SimulatedSelectorOptions {
  // What the selector says that it can do. It refuses the rest with
  // kUnimplemented, rounds timeouts up to `timeout_resolution`, and reports
  // nothing of parked handles without `hangup_without_interest`: for tests of
  // what a program does on systems that have less.
  Capabilities capabilities = EveryCapability();
  // As SelectorOptions::single_waiter: refuses the calls of other threads than
  // the first that waited.
  bool single_waiter = false;
};

// A Selector for tests of the code that uses one: nothing is real, so nothing
// depends on the system, on other programs or on how fast the machine is, and
// years pass in no time. The test says what holds for which handle and when,
// which calls fail, and how unkindly the selector may treat the code under test
// (SimulatedFaults), all from one seed.
//
// The code under test takes an `event_selector::Selector&`, and whatever it
// reads and writes with, so that a test can stand in for that, too:
//
//   TEST(PingerTest, SendsAPingWhenNothingCameForAMinute) {
//     event_selector::testing::Simulation simulation;
//     event_selector::testing::SimulatedSelector selector(simulation);
//     const event_selector::Handle connection = simulation.MakeHandle();
//     simulation.After(absl::Seconds(50), [&] {
//       simulation.SetReadiness(connection,
//                               event_selector::Readiness::kReadable);
//     });
//     simulation.After(absl::Seconds(200), [&] { selector.Close(); });
//
//     FakeStream stream(simulation, connection);  // Of the test, see below.
//     Pinger pinger(selector, connection, stream,
//                   [&] { return simulation.now(); });
//     EXPECT_EQ(pinger.Run().code(), absl::StatusCode::kCancelled);
//
//     // At 50 s data came: pings at 110 s and at 170 s.
//     EXPECT_EQ(stream.pings(), 2);
//     EXPECT_EQ(simulation.now(), absl::Seconds(200));  // In no time.
//   }
//
// A loop that must survive whatever a selector may do is run with many seeds:
//
//   for (std::uint64_t seed = 0; seed < 1000; ++seed) {
//     event_selector::testing::SimulationOptions options;
//     options.seed = seed;
//     event_selector::testing::Simulation simulation(options);
//     event_selector::testing::SimulatedSelector selector(simulation);
//     event_selector::testing::SimulatedFaults faults;
//     faults.spurious_event = 0.1;
//     faults.short_batch = 0.5;
//     selector.SetFaults(faults);
//     ...
//     EXPECT_EQ(result, expected) << "seed " << seed << "\n" <<
//         selector.CallsToString();
//   }
//
// Both are in tests/simulated, in full: pinger_test.cc, line_reader_test.cc.
//
// It keeps docs/contract.md but for what speaks of the system: W7 (each call
// allocates and takes a lock), K4 (`Wake` must not be called from a signal
// handler), P1 to P5 (what holds is what the test says: that a hang-up makes a
// handle readable, too, is for the test to say), and S4 (a fork is not
// noticed). A `Wait` without end in which nothing can happen returns
// kDeadlineExceeded instead of hanging, which no other selector does: see
// SimulationOptions::has_other_threads. A handle that is closed without
// `Remove` ends its registration as with epoll.
//
// Thread-safe as every Selector; the functions below those of Selector, too.
class SimulatedSelector final : public Selector {
 public:
  explicit SimulatedSelector(Simulation& simulation,
                             const SimulatedSelectorOptions& options = {});
  ~SimulatedSelector() override;

  using Selector::Add;

  absl::Status Add(Handle handle, Token token, Interest interest,
                   Mode mode) override;
  absl::Status Modify(Handle handle, Token token, Interest interest,
                      Mode mode) override;
  absl::Status Remove(Handle handle) override;
  absl::StatusOr<absl::Span<Event>> Wait(absl::Span<Event> events,
                                         absl::Duration timeout) override;
  absl::Status Wake() override;
  void Close() override;
  absl::Status HandOver() override;
  absl::StatusOr<Handle> descriptor() const override;
  // "simulated"
  absl::string_view name() const override;
  Capabilities capabilities() const override;

  // ---- What the selector does wrong

  // From now on.
  void SetFaults(const SimulatedFaults& faults);

  // The next call of this kind returns `status` at once, and changes nothing.
  // Several of a kind are for as many calls, one after the other; OK lets one
  // pass: the third `Add` fails after FailNext(kAdd, OkStatus()) twice. Calls
  // that are wrong anyway (after `Close`, an empty span) are answered as such
  // and use none up. Of kClose there is nothing to fail.
  void FailNext(SelectorCall::Kind kind, const absl::Status& status);

  // ---- What the code under test has done

  // How many calls of a kind have returned.
  std::size_t count(SelectorCall::Kind kind) const;

  // The calls that have returned, in that order, since the beginning or the
  // last `ClearCalls`. They take memory until then.
  std::vector<SelectorCall> calls() const;
  // The same, a line for each: for the message of a test that failed.
  std::string CallsToString() const;
  void ClearCalls();

  struct Registration {
    Token token;
    Interest interest;
    Mode mode;
    // False: oneshot, and spent.
    bool is_armed = true;
  };
  // What `handle` is registered for; nullopt if it is not registered or not
  // open.
  std::optional<Registration> Find(Handle handle) const;
  // How many registrations there are, those included whose handle was closed
  // while a duplicate of it is open.
  std::size_t registrations() const;

 private:
  using Kind = SelectorCall::Kind;
  using Lock = internal::SimulationCore::Lock;

  // As internal::PlainLife, of a selector that its simulation can close.
  class Life {
   public:
    explicit Life(const internal::SelectorCore& selector)
        : selector_(selector) {}

    bool IsUsable() const { return !selector_.is_closed; }
    absl::Status WhyOver() const {
      return event_selector::internal::ClosedError();
    }

   private:
    const internal::SelectorCore& selector_;
  };

  absl::Status CheckRegistration(
      event_selector::internal::RegistrationCall which,
      const SelectorCall& call);
  absl::StatusOr<internal::DescriptionId> FindPollable(Kind kind,
                                                       Handle handle) const;
  absl::StatusOr<internal::SimulatedRegistration*> FindRegistered(
      Kind kind, Handle handle);
  absl::Status DoAdd(const SelectorCall& call);
  absl::Status DoModify(const SelectorCall& call);
  absl::Status DoRemove(Handle handle);
  absl::Status DoWake();

  absl::StatusOr<std::size_t> DoWait(absl::Span<Event> events,
                                     absl::Duration timeout, Lock& lock);
  absl::Duration DeadlineOf(absl::Duration timeout);
  absl::Status Pass(absl::Duration deadline, Lock& lock);
  std::size_t Collect(absl::Span<Event> events);
  std::size_t AddSpuriousEvents(absl::Span<Event> events, std::size_t filled);

  absl::Status TakeFailure(Kind kind);
  absl::Status Record(SelectorCall call, const absl::Status& status);

  const std::shared_ptr<internal::SimulationCore> core_;
  const Capabilities capabilities_;

  // All below is guarded by the mutex of `core_`.
  internal::SelectorCore state_;
  event_selector::internal::Admission<Life,
                                      event_selector::internal::OptionalOwner>
      admission_;
  bool is_wake_pending_ = false;
  SimulatedFaults faults_;
  std::array<std::deque<absl::Status>, SelectorCall::kKinds> failures_;
  std::array<std::size_t, SelectorCall::kKinds> counts_ = {};
  std::vector<SelectorCall> calls_;
};

}  // namespace testing
}  // namespace event_selector

#endif  // EVENT_TESTING_SIMULATED_SELECTOR_H_
