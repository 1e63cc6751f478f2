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

// Answers which of many handles can make progress now: one interface over
// epoll, kqueue and I/O completion ports.
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
// also while other threads are in `Wait`, and takes effect at once. Only the
// destructor needs the selector for itself: call `Close`, let every thread
// leave, then destroy it. (SelectorOptions::single_waiter is for selectors that
// one thread waits on and changes: see there what is different then.)
//
// Ownership: handles stay the caller's. Watch only handles that are open, and
// call `Remove` before closing one: a closed handle breaks nothing else, but
// while a duplicate of it (dup, fork) is open, some systems go on reporting it
// and no call can name it any more.
//
// Events of one handle may come up to the end of a call that runs in another
// thread: a `Wait` that overlaps a `Modify` or `Remove` may still return what
// it had fetched before. A `Wait` that starts later never does.
//
// Errors: every function says what was wrong by an `absl::Status`, and a call
// that fails has changed nothing. Besides the codes listed with each function,
// all but `Close`, `name`, `capabilities` and the destructor return
//   kCancelled           after `Close`;
//   kFailedPrecondition  in a child process after `fork`, of a selector made
//                        before: it would act on the parent's queue. Destroying
//                        such a selector is safe and does not disturb the
//                        parent. (A child made by the raw `clone` system call
//                        is not noticed.) Also in another thread than the
//                        selector's own, with SelectorOptions::single_waiter.
//
// To implement it (a decorator, a mock), derive, override every pure virtual
// function, and write `using Selector::Add;` so that its short form can be
// called on the derived class, too.
class Selector {
 public:
  // A selector of the backend that the build selected. Errors:
  //   kResourceExhausted  no descriptors or memory left;
  //   kUnimplemented      the backend cannot run on this system.
  static absl::StatusOr<std::unique_ptr<Selector>> Create(
      const SelectorOptions& options = {});

  Selector(const Selector&) = delete;
  Selector& operator=(const Selector&) = delete;

  // Frees all that the selector holds; the registered handles stay open. No
  // other call may be running or follow.
  virtual ~Selector();

  // Registers `handle`: its events carry `token`, tell of `interest` and of
  // hang-up and error, and come as `mode` says. A condition that holds already
  // is reported by the next `Wait`. Errors:
  //   kAlreadyExists      `handle` is registered; that registration stands.
  //                       (Two duplicates of one descriptor are two handles.)
  //   kInvalidArgument    `handle` is not open, or is a part of this selector;
  //                       `interest` or `mode` holds a bit without a meaning;
  //                       `mode` breaks a rule of Mode::kExclusive.
  //   kResourceExhausted  a limit of the system is reached: watches, memory.
  //   kUnimplemented      `handle` is of a kind that this backend cannot watch:
  //                       a regular file, a directory, often /dev/null. The
  //                       message says what it is. Or `capabilities()` does not
  //                       list what is asked for.
  virtual absl::Status Add(Handle handle, Token token, Interest interest,
                           Mode mode) = 0;
  absl::Status Add(Handle handle, Token token, Interest interest) {
    return Add(handle, token, interest, Mode::kLevel);
  }

  // Replaces token, interest and mode of a registered handle together, and arms
  // it again: a condition that holds is reported by the next `Wait`, also to an
  // edge-triggered or a spent oneshot registration. An event that no `Wait` has
  // fetched yet is not reported under the old token or for an interest given
  // up. The mode is always named, because `Modify` replaces it, too. Errors: as
  // `Add`, but
  //   kNotFound           `handle` is not registered.
  //   kInvalidArgument    besides: `mode` contains kExclusive, or the handle
  //                       was added with it (remove it and add it again).
  virtual absl::Status Modify(Handle handle, Token token, Interest interest,
                              Mode mode) = 0;

  // Ends a registration: no `Wait` that starts later reports it, also when the
  // handle's number is reused for another object. Errors:
  //   kNotFound           `handle` is not registered.
  //   kInvalidArgument    `handle` is not open.
  //   kUnimplemented      `handle` is of a kind that cannot be watched.
  virtual absl::Status Remove(Handle handle) = 0;

  // Blocks until a registration is ready, `timeout` has passed, or `Wake` or
  // `Close` is called. Fills `events` from the front and returns the filled
  // part, one event for each ready registration; it is empty when the timeout
  // has passed or `Wake` was called. What finds no room comes with the next
  // calls, each handle in its turn.
  //
  // `events` is working memory: the part behind the returned one is
  // overwritten, too. It may be uninitialised, and must not be shared with a
  // `Wait` that runs at the same time. A few dozen to a few hundred events are
  // a good size.
  //
  // `timeout`: zero or less never blocks, absl::InfiniteDuration() has no end.
  // Others never end early; what is finer than
  // `capabilities().timeout_resolution` is rounded up. Signals do not end it.
  //
  // With epoll, allocates nothing, takes no lock, and makes one system call:
  // one more only where a wake-up took the last place in `events`. (A signal
  // that interrupts it costs another.) With a zero or infinite timeout it reads
  // no clock. The other backends come close, as docs/portability.md says:
  // kqueue makes one more call now and then, poll and iocp take a lock while
  // they do not block.
  //
  // Several threads may wait at once: an edge or a oneshot event goes to one of
  // them, a level one to any number. Where `events` was full and a wake-up
  // came with it, registrations that share one token may share one event.
  // Errors:
  //   kInvalidArgument    `events` is empty.
  //   kResourceExhausted  with poll: no descriptor is left for one more thread
  //                       that waits, or the system does not poll that many.
  virtual absl::StatusOr<absl::Span<Event>> Wait(absl::Span<Event> events,
                                                 absl::Duration timeout) = 0;

  // Makes one thread return from `Wait`: a waiting one, or else the next that
  // calls. Never lost; any number of calls before a `Wait` returns count as
  // one, and only the first of them costs a system call. What a thread wrote
  // before it called `Wake` is seen by the thread that returns. (Where a `Wait`
  // returns with `events` full, the wake-up may make the next one return, too.)
  //
  // May be called from a signal handler: it is async-signal-safe and keeps
  // `errno`. Its errors carry no message, since that would need memory.
  //   kInternal           the system refused to pass the wake-up on (a seccomp
  //                       filter), and calls that counted on this one are lost
  //                       with it.
  virtual absl::Status Wake() = 0;

  // Ends the selector: every `Wait` that is blocked or called later, and every
  // other call that returns a status, returns kCancelled. (A `Wait` that has
  // fetched events already returns them.) Does not wait for the other threads
  // to leave. To call it twice is fine.
  virtual void Close() = 0;

  // Gives up a selector that belongs to one thread
  // (SelectorOptions::single_waiter): the thread whose `Wait`, `Add`, `Modify`
  // or `Remove` comes next is its owner, and sees what the old one did. For
  // destructors that run in the main thread after the loop's thread was joined:
  // call this at the end of the loop. Without the option, and before the first
  // `Wait`, returns OK and changes nothing. Errors:
  //   kFailedPrecondition  another thread is the owner.
  //   kUnimplemented       a selector of another kind that does not override
  //                        this.
  virtual absl::Status HandOver();

  // A descriptor for watching this selector in another loop (poll(2), `Add` to
  // another selector, a framework's own watcher): it is readable whenever a
  // `Wait` would return at once. It stays the selector's: do not close it, do
  // not read it. Any thread may ask. After it was reported, call `Wait` with a
  // timeout of zero.
  //
  // An outer loop that watches it edge-triggered must repeat that until `Wait`
  // returns nothing: events that are left over make no new edge. The same goes
  // for oneshot, before it is armed again. Now and then `Wait` returns nothing
  // although the descriptor was reported. (SelectorOptions::single_waiter says
  // what is different there.) Errors:
  //   kUnimplemented  the backend has none: poll, iocp.
  virtual absl::StatusOr<Handle> descriptor() const;

  // The backend: "epoll", "kqueue", "iocp", ...
  virtual absl::string_view name() const = 0;

  // What the backend supports on this system. Does not change, but for
  // `timeout_resolution`, which becomes coarser where the system begins to
  // refuse the finer call (a seccomp filter installed later).
  virtual Capabilities capabilities() const = 0;

 protected:
  Selector() = default;
};

}  // namespace event_selector

#endif  // EVENT_SELECTOR_H_
