#ifndef EVENT_SIGNAL_SET_H_
#define EVENT_SIGNAL_SET_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "event/selector.h"

namespace event_selector {

// Some of the signals 1 to 64, as `SignalSet::Take` returns them.
class Signals {
 public:
  // None.
  constexpr Signals() = default;
  // Bit n - 1 stands for signal n.
  static constexpr Signals FromBits(std::uint64_t bits) {
    return Signals(bits);
  }

  // Whether `signal` (SIGINT, ...) is one of them. False for a number that is
  // no signal's.
  constexpr bool contains(int signal) const {
    return signal >= 1 && signal <= 64 && (bits_ >> (signal - 1) & 1) != 0;
  }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr std::uint64_t bits() const { return bits_; }

  friend constexpr bool operator==(Signals a, Signals b) {
    return a.bits_ == b.bits_;
  }
  friend constexpr bool operator!=(Signals a, Signals b) { return !(a == b); }

 private:
  constexpr explicit Signals(std::uint64_t bits) : bits_(bits) {}

  std::uint64_t bits_ = 0;
};

// Collects signals for a loop: a signal that arrives makes a `Wait` return, and
// `Take` says which ones came.
//
//   absl::StatusOr<event_selector::SignalSet> signals =
//       event_selector::SignalSet::Create(selector, {SIGINT, SIGTERM, SIGHUP});
//   if (!signals.ok()) return signals.status();
//   for (;;) {
//     ... selector.Wait(...) ...
//     const event_selector::Signals came = signals->Take();
//     if (came.contains(SIGINT) || came.contains(SIGTERM)) return Shutdown();
//     if (came.contains(SIGHUP)) ReadConfigurationAgain();
//   }
//
// While a set watches a signal, the signal's default action (ending the
// process, as a rule) does not take place. A handler that was there before is
// still called, after the set has noted the signal. When the last set that
// watches the signal is destroyed, what was there before is there again, in
// whatever order sets are destroyed. A handler that somebody else has installed
// meanwhile stays, and the handler that it found and calls goes on working.
// Several sets may watch one signal: each gets it.
//
// A signal is a bit and no count: one that arrives again before `Take` is
// reported once, as the kernel itself may report it once. `Wait` returns
// without an event for it, as after `Selector::Wake`, so call `Take` after each
// `Wait`. Where several threads wait on the selector, one of them returns.
//
// No signal is blocked, so that nothing leaks into programs that are started:
// exec(2) gives them the default action. (A signal that was ignored when the
// set was made is no exception. If the program is to ignore it, too, as under
// nohup(1), say so between fork and exec.) Interrupted system calls are
// restarted (SA_RESTART) where the system does that. A signal that all threads
// block arrives when one unblocks it.
//
// In a child process after `fork`, the sets of the parent report nothing. A
// signal does there what it did before they were made. Destroying them is safe,
// and new ones can be made. (A child that shares the parent's memory, by
// `vfork`, is not noticed: a signal sent to it is reported in the parent.)
//
// Lifetime: the selector must outlive the set. After the destructor has
// returned, no handler touches the selector, even if one was running in another
// thread.
//
// Threads: all calls may come from any thread. Those on one object need the
// caller's lock. No call may come from a signal handler. The set calls
// `Selector::Wake` from one, so the selector's `Wake` must be fit for that:
// that of every backend is. That of
// `event_selector::testing::SimulatedSelector` takes a lock: raise signals in
// the test's own thread, between its calls.
//
// Limits (POSIX): four levels of handlers that were installed by turns, ours
// and somebody else's, are kept apart for each signal.
//
// Windows: the events of the console are reported as signals. SIGINT is Ctrl+C,
// SIGBREAK Ctrl+Break, 1 (the number of SIGHUP, for which Windows has no name)
// the closing of the window, and SIGTERM the end of the session. The system
// calls the handlers that are registered with it from the last to the first
// until one takes the event. A set takes those that it watches, so the ones
// before it do not get them. After the closing of the window and the end of the
// session the system ends the process as soon as `main` returns, after some
// seconds at the latest.
class SignalSet {
 public:
  // Watches `signals` from now on. A signal that is named twice counts once.
  // Errors:
  //   kInvalidArgument     `signals` is empty, or has a number that is no
  //                        signal's, or one that cannot be caught (SIGKILL,
  //                        SIGSTOP), or a fault of the running instruction
  //                        (SIGSEGV, SIGBUS, SIGFPE, SIGILL), which cannot wait
  //                        until later. The message says which.
  //   kUnimplemented       the number is above 64 (FreeBSD's real-time
  //   signals). kResourceExhausted   no memory; or the limit above is reached.
  // No signal is watched then.
  static absl::StatusOr<SignalSet> Create(Selector& selector,
                                          absl::Span<const int> signals);

  // The moved-from object watches nothing. An assignment first ends what this
  // object watched.
  SignalSet(SignalSet&& other) noexcept;
  SignalSet& operator=(SignalSet&& other) noexcept;
  // Ends it. Signals that nobody has taken are forgotten.
  ~SignalSet();

  // Returns the signals that have arrived since the last call, and forgets
  // them. Never blocks, and costs no system call.
  Signals Take();

 private:
  class Watch;

  explicit SignalSet(std::unique_ptr<Watch> watch);

  std::unique_ptr<Watch> watch_;
};

}  // namespace event_selector

#endif  // EVENT_SIGNAL_SET_H_
