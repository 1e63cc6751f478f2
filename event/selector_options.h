#ifndef EVENT_SELECTOR_OPTIONS_H_
#define EVENT_SELECTOR_OPTIONS_H_

#include "event/internal/cxx17.h"

namespace event_selector {

// How to make a selector. An aggregate whose members all have defaults. So what
// `Selector::Create` takes today stays valid when members are added.
struct SelectorOptions {
  // Whether one thread waits on the selector and changes it, as in the loop
  // that most programs have. In return, two things cost no system call (with
  // epoll): re-arming a oneshot registration before the next `Wait`, and
  // changing an interest and taking that back before the next `Wait`.
  //
  // When it pays (docs/performance.md has the figures), with epoll:
  // - It pays in a loop that re-arms its oneshot registrations before the next
  //   `Wait`: that takes 0.7 of the time of raw epoll, and 0.25 if the handle
  //   stays ready. So it does where an interest is often dropped and taken back
  //   within one round: back-pressure that comes and goes.
  // - It does not pay where re-arms come only after another `Wait` (the answer
  //   is computed elsewhere): that costs up to 6 %. Nor in a level- or
  //   edge-triggered loop that seldom calls `Modify`, as most do: each `Wait`
  //   then runs some 25 instructions more, for nothing.
  // Leave it out unless the first case is yours.
  //
  // And with the backend io_uring, which serves only selectors with this
  // option:
  // - It pays in a loop of edge-triggered or oneshot registrations that is
  //   often changed: re-arms, early and late, and handles that come and go. All
  //   changes but the removal of what is pending go with the next `Wait`. It
  //   also pays where `Wait` is often called with a timeout of zero and finds
  //   nothing, without level-triggered registrations: that makes no system
  //   call.
  // - It does not pay with level-triggered registrations, which are in an epoll
  //   set as without it; with both kinds, a `Wait` may ask both. Nor with those
  //   that seldom change: waiting itself costs about what epoll costs.
  //
  // The first `Wait` decides which thread that is. From then on, `Add`,
  // `Modify`, `Remove` and `Wait` in any other thread return
  // kFailedPrecondition and change nothing. This holds for good, unless
  // `Selector::HandOver` gives the selector up to the thread whose call comes
  // next.
  //
  // Before the first `Wait`, these functions may be called from any thread, but
  // only one at a time. The caller must order all these calls before the first
  // `Wait`, for example by setting the selector up before it starts the loop's
  // thread. `Wake`, `Close`, `descriptor`, `name` and `capabilities` may always
  // be called from any thread.
  //
  // What else is different (with epoll):
  // - The selector keeps 14 bytes for each descriptor, in steps of 256
  //   neighbouring descriptors. `Add` allocates them. `Wait` allocates nothing.
  // - `Wait` first tells the kernel about the changes since the last `Wait`
  //   that the kernel still has to know. This costs at most one system call for
  //   each `Modify` that made none.
  // - `Wait` makes one more system call for each oneshot registration that is
  //   found ready before it is re-armed, although the re-arm was expected to
  //   come first. If it fetched nothing else, it waits again.
  // - Such a registration takes a place in the span while it is fetched. If the
  //   span is small, `Wait` may therefore return fewer events than there is
  //   room for. The others come with the next one.
  // - A change that the kernel has not been told about yet does not show at
  //   `Selector::descriptor`. Call `Wait` with a timeout of zero after the last
  //   `Modify`. From then on, the descriptor is readable whenever a `Wait`
  //   would return at once.
  // - A `Modify` without a system call cannot notice that the handle was closed
  //   without `Remove`. It returns OK. Therefore always `Remove` a handle
  //   before closing it, all the more if a duplicate of it stays open (dup,
  //   fork). A oneshot registration that is left behind in this way may keep
  //   `Wait` busy, as a level-triggered one does in any selector.
  //
  // With the backend io_uring, more is different: docs/contract.md,
  // "With the backend io_uring". Above all:
  // - A handle that is closed without `Remove` may stay open for its peer.
  // - `Add`, too, takes effect with the next `Wait`.
  // - An edge-triggered or oneshot event may come for a handle that the program
  //   has read from since it became ready, without being told so.
  bool single_waiter = false;

  // Whether `Selector::Create` fails where the system refuses the backend that
  // the build selected, instead of taking another one. Only the backend
  // io_uring has a replacement: the selectors over epoll, which it also takes
  // without `single_waiter`. `Selector::name` tells which backend runs.
  bool exact_backend = false;
};

}  // namespace event_selector

#endif  // EVENT_SELECTOR_OPTIONS_H_
