#ifndef EVENT_SELECTOR_H_
#define EVENT_SELECTOR_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector_options.h"
#include "event/token.h"

namespace event_selector {

// Tells which of many handles can make progress now: one interface over epoll,
// kqueue, I/O completion ports and poll.
//
//   absl::StatusOr<std::unique_ptr<event_selector::Selector>> selector =
//       event_selector::Selector::Create();
//   ...
//   absl::Status added = (*selector)->Add(fd, event_selector::Token(7),
//                                         event_selector::Interest::kReadable);
//   ...
//   event_selector::Event events[64];
//   absl::StatusOr<absl::Span<event_selector::Event>> ready =
//       (*selector)->Wait(absl::MakeSpan(events), absl::InfiniteDuration());
//   ...
//   for (const event_selector::Event& event : *ready) {
//     if (event.readiness.readable()) Read(event.token);
//   }
//
// Threads: every member function may be called from any thread at any time,
// even while other threads are in `Wait`, and takes effect at once. Only the
// destructor needs the selector for itself: call `Close`, let every thread
// leave, then destroy it. (SelectorOptions::single_waiter is for selectors that
// one thread waits on and changes. Its comment tells what is different then.)
//
// Ownership: handles stay the caller's. Watch only handles that are open, and
// call `Remove` before closing one. A handle that was closed without `Remove`
// breaks nothing else. But while a duplicate of it (dup, fork) is open, some
// systems go on reporting it, and no call can name it any more.
//
// Overlapping calls: a `Wait` that overlaps a `Modify` or `Remove` in another
// thread may still return an event that it had fetched before the change. A
// `Wait` that starts later never does.
//
// Errors: a call that fails returns an `absl::Status` that says what was wrong,
// and has changed nothing. Besides the codes listed with each function, all
// functions but `Close`, `name`, `capabilities` and the destructor return
//   kCancelled           after `Close`;
//   kFailedPrecondition  in a child process after `fork`, if the selector was
//                        made before it: the call would act on the parent's
//                        queue. Destroying such a selector is safe and does not
//                        disturb the parent. (A child that shares the
//                        parent's memory, by `vfork`, is not noticed.)
//   kResourceExhausted   there is no memory left.
//   kInternal            if the system fails in a way that its manual does not
//                        name; the message has its words.
// An error for which there is no memory left comes without its message. Nothing
// throws.
//
// Threads that are cancelled (pthread_cancel): `Wait` is a cancellation point
// while it has nothing to report, and no other call is one. A thread that ends
// there leaves nothing behind, and a wake-up goes to another one.
//
// With SelectorOptions::single_waiter, `Add`, `Modify`, `Remove` and `Wait`
// also return kFailedPrecondition in any thread but the selector's own.
//
// To implement this interface (a decorator, a mock), derive from it, override
// every pure virtual function, and write `using Selector::Add;`. The `using`
// lets callers use the short form of `Add` on the derived class, too.
class Selector {
 public:
  // Creates a selector of the backend that the build selected. Errors:
  //   kResourceExhausted  no descriptors or memory left;
  //   kUnimplemented      the backend cannot run on this system, or a sandbox
  //                       refuses its calls.
  static absl::StatusOr<std::unique_ptr<Selector>> Create(
      const SelectorOptions& options = {});

  Selector(const Selector&) = delete;
  Selector& operator=(const Selector&) = delete;

  // Frees all that the selector holds. The registered handles stay open. No
  // other call may be running or follow.
  virtual ~Selector();

  // Registers `handle`. Its events carry `token`. They report what `interest`
  // asks for, and hang-up and error, in the way that `mode` says. A condition
  // that already holds is reported by the next `Wait`, unless looking at it
  // spends it: a change of /proc/self/mounts (Linux, kPriority) from before
  // `Add` or `Modify` is never reported. Read such a file after each of these
  // calls. docs/handles.md tells what each kind of handle reports. Errors:
  //   kAlreadyExists      `handle` is registered. That registration stands.
  //                       (Two duplicates of one descriptor are two handles.)
  //   kInvalidArgument    `handle` is not open, or is a part of this selector.
  //                       Or `interest` or `mode` contains a bit without a
  //                       meaning. Or `mode` breaks a rule of Mode::kExclusive.
  //   kResourceExhausted  a limit of the system is reached: watches, memory.
  //   kUnimplemented      `handle` is of a kind that this backend cannot watch:
  //                       a regular file, a directory, often /dev/null. (Not
  //                       each file is refused: Linux watches message queues
  //                       and some of /proc, sysfs and control groups.) The
  //                       message says what it is. Or the call asks for
  //                       something that `capabilities()` does not list.
  virtual absl::Status Add(Handle handle, Token token, Interest interest,
                           Mode mode) = 0;
  // The same with Mode::kLevel.
  absl::Status Add(Handle handle, Token token, Interest interest) {
    return Add(handle, token, interest, Mode::kLevel);
  }

  // Replaces the token, interest and mode of a registered handle together, and
  // arms it again. A condition that holds is reported by the next `Wait`, even
  // for an edge-triggered registration or a spent oneshot one. An event that no
  // `Wait` has fetched yet is reported neither under the old token nor for an
  // interest given up. The mode has no default, because `Modify` replaces it,
  // too. Errors: as for `Add`, except that kNotFound takes the place of
  // kAlreadyExists:
  //   kNotFound           `handle` is not registered. Nor is a part of this
  //                       selector.
  //   kInvalidArgument    also if `mode` contains kExclusive, or if the handle
  //                       was added with it (remove it and add it again).
  virtual absl::Status Modify(Handle handle, Token token, Interest interest,
                              Mode mode) = 0;

  // Ends a registration. No `Wait` that starts later reports it, even if the
  // handle's number is reused for another object. Errors:
  //   kNotFound           `handle` is not registered.
  //   kInvalidArgument    `handle` is not open.
  //   kUnimplemented      `handle` is of a kind that cannot be watched.
  virtual absl::Status Remove(Handle handle) = 0;

  // Blocks until a registration is ready, `timeout` has passed, or `Wake` or
  // `Close` is called. Fills `events` from the front and returns the filled
  // part, with one event for each ready registration. An empty result means
  // that the timeout has passed or that `Wake` was called. Events that find no
  // room come with the next calls, each handle in its turn.
  //
  // `events` is working memory: the part after the returned one is overwritten,
  // too. It may be uninitialised. It must not be shared with a `Wait` that runs
  // at the same time. A few dozen to a few hundred events are a good size.
  //
  // `timeout`: zero or less never blocks, and absl::InfiniteDuration() never
  // ends. Any other timeout never ends early. It is rounded up to
  // `capabilities().timeout_resolution`. Signals do not end the wait.
  //
  // Cost: with epoll, `Wait` allocates nothing, takes no lock, and makes one
  // system call. It makes one more only if a wake-up took the last place in
  // `events`. (A signal that interrupts it costs another.) With a zero or
  // infinite timeout it reads no clock. The other backends come close, as
  // docs/portability.md says. kqueue makes one more call now and then. poll and
  // iocp take a lock while they do not block.
  //
  // Several threads may wait at once. An edge or oneshot event goes to one of
  // them, a level event to any number. If `events` was full and a wake-up
  // arrived with it, registrations with equal tokens may be merged into one
  // event. Errors:
  //   kInvalidArgument    `events` is empty.
  //   kResourceExhausted  with poll: no descriptor is left for one more waiting
  //                       thread, or the system refuses to poll that many
  //                       handles or has no memory.
  virtual absl::StatusOr<absl::Span<Event>> Wait(absl::Span<Event> events,
                                                 absl::Duration timeout) = 0;

  // Makes one thread return from `Wait`: a waiting one, or else the next that
  // calls it. A wake-up is never lost. Any number of calls before a `Wait`
  // returns count as one, and only the first of them costs a system call. The
  // thread that returns sees what each caller wrote before it called `Wake`.
  // (If a `Wait` returns with `events` full, the wake-up may make the next one
  // return, too.)
  //
  // May be called from a signal handler: it is async-signal-safe and keeps
  // `errno`. Its errors carry no message, since that would need memory. Errors:
  //   kInternal           the system rejected the write behind the call (a
  //                       seccomp filter). Calls that counted as one with this
  //                       call are lost, too.
  virtual absl::Status Wake() = 0;

  // Ends the selector. Every `Wait` that is blocked, and every later call that
  // returns a status, returns kCancelled. (A `Wait` that has already fetched
  // events returns them.) Does not wait for the other threads to leave. Calling
  // it twice is fine.
  virtual void Close() = 0;

  // Gives up a selector that belongs to one thread
  // (SelectorOptions::single_waiter). The thread whose `Wait`, `Add`, `Modify`
  // or `Remove` comes next is the new owner, and sees what the old one did.
  // Meant for destructors that run in the main thread after the loop's thread
  // was joined: call this at the end of the loop. Without the option, and
  // before the first `Wait`, returns OK and changes nothing. Errors:
  //   kFailedPrecondition  another thread is the owner.
  //   kUnimplemented       this kind of selector does not override the
  //                        function.
  virtual absl::Status HandOver();

  // Returns a descriptor for watching this selector in another loop (poll(2),
  // `Add` to another selector, a framework's own watcher). It is readable
  // whenever a `Wait` would return at once. It stays the selector's: do not
  // close it, and do not read it. May be called from any thread. After the
  // descriptor was reported, call `Wait` with a timeout of zero.
  //
  // An outer loop that watches it edge-triggered must repeat that until `Wait`
  // returns nothing, because events that are left over make no new edge. So
  // must a loop that watches it in oneshot mode, before it arms it again. Now
  // and then `Wait` returns nothing although the descriptor was reported.
  // (SelectorOptions::single_waiter tells what is different there.) Errors:
  //   kUnimplemented      the backend has none: poll, iocp.
  virtual absl::StatusOr<Handle> descriptor() const;

  // Returns the name of the backend: "epoll", "kqueue", "iocp", ...
  virtual absl::string_view name() const = 0;

  // Returns what the backend supports on this system. The result does not
  // change, except for `timeout_resolution`: it may become coarser if the
  // system begins to refuse the finer call (a seccomp filter installed later).
  virtual Capabilities capabilities() const = 0;

 protected:
  Selector() = default;
};

}  // namespace event_selector

#endif  // EVENT_SELECTOR_H_
