#ifndef EVENT_TESTING_SIMULATED_SELECTOR_H_
#define EVENT_TESTING_SIMULATED_SELECTOR_H_

#include <array>
#include <cstddef>
#include <cstdint>
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
#include "event/testing/internal/call_log.h"
#include "event/testing/internal/registration.h"
#include "event/testing/internal/simulation_core.h"
#include "event/testing/internal/standstill.h"
#include "event/testing/selector_call.h"
#include "event/testing/simulated_faults.h"
#include "event/testing/simulation.h"
#include "event/token.h"

namespace event_selector {
namespace testing {

// Returns the most that a selector can support: every interest and mode, a
// timeout resolution of a nanosecond, and hang-up without interest.
Capabilities EveryCapability();

struct SimulatedSelectorOptions {
  // What the selector says that it supports. It refuses the rest with
  // kUnimplemented, rounds timeouts up to `timeout_resolution`, and reports
  // nothing about parked handles unless `hangup_without_interest` is set. Use
  // this to test what a program does on systems that support less.
  Capabilities capabilities = EveryCapability();
  // As SelectorOptions::single_waiter: the selector refuses the calls of
  // threads other than the first that waited.
  bool single_waiter = false;

  // How often `Wait` may return while nothing moves. The next `Wait` fails: it
  // returns kDeadlineExceeded. So a loop that spins (a handle that is reported
  // again and again because nobody serves it) fails in a moment and does not
  // hang. The message names what was reported, and the last calls. The events
  // that this `Wait` found are lost; each further one fails, too, until
  // something moves.
  //
  // What moves is the clock. With SimulationOptions::has_other_threads, each
  // change counts as well: of the readiness of a handle, of a registration, a
  // `Wake`. Not counted are a `Wait` that a fault ended (SimulatedFaults), and
  // one that has nothing but events that a fault made up. With other threads,
  // one that returns nothing is not counted either: it may poll for them.
  //
  // Raise this if the code under test does so much work at one instant: if it
  // moves gigabytes in small pieces, say, through streams that take no time.
  std::size_t most_waits_at_one_time = 50'000;

  // How many calls the selector keeps for `calls` and `CallsToString`: the last
  // ones. Each takes some 150 bytes, and 16 for each event that it returned.
  std::size_t most_calls_kept = 10'000;
};

// A Selector for tests of the code that uses one. Nothing is real. So nothing
// depends on the system, on other programs or on how fast the machine is, and
// years pass in no time. The test says what holds for which handle and when,
// which calls fail, and how unkindly the selector may treat the code under test
// (SimulatedFaults). All that is random comes from one seed.
//
// The code under test takes an `event_selector::Selector&`. It also takes what
// it reads and writes with, so that a test can replace that, too: by
// SimulatedStreams (simulated_stream.h), which set the readiness themselves, or
// by something of its own:
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
//     FakeStream stream(simulation, connection);  // Of the test.
//     Pinger pinger(selector, connection, stream,
//                   [&] { return simulation.now(); });
//     EXPECT_EQ(pinger.Run().code(), absl::StatusCode::kCancelled);
//
//     // At 50 s data came: pings at 110 s and at 170 s.
//     EXPECT_EQ(stream.pings(), 2);
//     EXPECT_EQ(simulation.now(), absl::Seconds(200));  // In no time.
//   }
//
// A loop that must survive whatever a selector may do should run with many
// seeds:
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
// Both examples are in tests/simulated, in full: pinger_test.cc and
// line_reader_test.cc.
//
// The selector keeps docs/contract.md, except for what speaks of the system:
// - W7: each call allocates and takes a lock.
// - K4: `Wake` must not be called from a signal handler.
// - P1 to P5: what holds is what the test says, or SimulatedStreams. For
//   example, a test that sets a hang-up itself must say that it makes the
//   handle readable, too.
// - S4: a fork is not noticed.
//
// What would hang returns kDeadlineExceeded instead, which no other selector
// does: a `Wait` without end in which nothing can happen (see
// SimulationOptions::has_other_threads), a loop that spins (see
// SimulatedSelectorOptions::most_waits_at_one_time), and planned actions that
// never end (see SimulationOptions::most_actions_at_one_time). A handle that is
// closed without `Remove` ends its registration as with epoll.
//
// Thread-safe like every Selector. The functions that it adds are thread-safe,
// too.
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
  // Returns "simulated".
  absl::string_view name() const override;
  Capabilities capabilities() const override;

  // ---- What the selector does wrong

  // Sets the faults that apply from now on.
  void SetFaults(const SimulatedFaults& faults);

  // Makes the next call of this kind return `status` at once and change
  // nothing. Several failures of one kind apply to as many calls, one after the
  // other. OK lets a call pass: to fail the third `Add`, call this twice with
  // OK and then with the error. A call that is refused before the selector
  // looks at its handle (after `Close`, in another thread than the owner's,
  // with an empty span, with an interest or a mode that is wrong or not
  // supported) returns its own error and uses none up. `Close` cannot fail, so
  // kClose has no effect.
  void FailNext(SelectorCall::Kind kind, const absl::Status& status);

  // ---- What the code under test has done

  // Returns how many calls of a kind have returned since the beginning.
  std::size_t count(SelectorCall::Kind kind) const;

  // Returns the calls that have returned, in that order, since the beginning or
  // the last `ClearCalls`: the last
  // SimulatedSelectorOptions::most_calls_kept of them.
  std::vector<SelectorCall> calls() const;
  // Returns how many calls there were before those: 0 if `calls` has all.
  std::size_t calls_dropped() const;
  // Returns the same with a line for each call, for the message of a failed
  // test. A first line says how many were dropped, if any were.
  std::string CallsToString() const;
  void ClearCalls();

  struct Registration {
    Token token;
    Interest interest;
    Mode mode;
    // False for a oneshot registration that is spent.
    bool is_armed = true;
  };
  // Returns what `handle` is registered for, or nullopt if it is not registered
  // or not open.
  std::optional<Registration> Find(Handle handle) const;
  // Returns how many registrations there are. This includes those whose handle
  // was closed while a duplicate of it is open.
  std::size_t registrations() const;

 private:
  using Kind = SelectorCall::Kind;
  using Lock = internal::SimulationCore::Lock;

  // Like internal::PlainLife, for a selector that its simulation can close.
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

  // What a `Wait` has come to.
  struct Outcome {
    std::size_t filled = 0;  // Events.
    // Whether it is one of those that `most_waits_at_one_time` counts.
    bool is_counted = false;
  };

  absl::StatusOr<Outcome> DoWait(absl::Span<Event> events,
                                 absl::Duration timeout, Lock& lock);
  absl::Duration DeadlineOf(absl::Duration timeout);
  absl::Status Pass(absl::Duration deadline, Lock& lock);
  Outcome Collect(absl::Span<Event> events);
  std::size_t AddSpuriousEvents(absl::Span<Event> events, std::size_t filled);
  std::int64_t Moves() const;
  absl::Status SpinsError(absl::Span<const Event> events);

  absl::Status TakeFailure(Kind kind);
  absl::Status Record(SelectorCall call, const absl::Status& status);

  const std::shared_ptr<internal::SimulationCore> core_;
  const Capabilities capabilities_;

  // All members below are guarded by the mutex of `core_`.
  internal::SelectorCore state_;
  event_selector::internal::Admission<Life,
                                      event_selector::internal::OptionalOwner>
      admission_;
  bool is_wake_pending_ = false;
  SimulatedFaults faults_;
  std::array<std::deque<absl::Status>, SelectorCall::kKinds> failures_;
  internal::CallLog log_;
  internal::Standstill standstill_;
};

}  // namespace testing
}  // namespace event_selector

#endif  // EVENT_TESTING_SIMULATED_SELECTOR_H_
