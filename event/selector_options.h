#ifndef EVENT_SELECTOR_OPTIONS_H_
#define EVENT_SELECTOR_OPTIONS_H_

namespace event_selector {

// How a selector is to be made. An aggregate whose members all have defaults:
// what `Selector::Create` takes today stays valid when some are added.
struct SelectorOptions {
  // One thread waits on the selector and changes it: the loop that most
  // programs have. In return, re-arming a oneshot registration before the next
  // `Wait`, and a change of interest that is taken back before it, cost no
  // system call (with epoll).
  //
  // The first `Wait` decides which thread that is, for good: from then on
  // `Add`, `Modify`, `Remove` and `Wait` from any other return
  // kFailedPrecondition and change nothing. Before the first `Wait` they may
  // come from any thread, but only one at a time, and all before it by the
  // caller's own order (such as that of starting the loop's thread after it has
  // set the selector up). `Wake`, `Close`, `descriptor`, `name` and
  // `capabilities` are free for all threads, always. `Selector::HandOver` gives
  // the selector up, to the thread whose call comes next.
  //
  // What else is different (with epoll):
  // - The selector keeps 14 bytes for each descriptor, in steps of 256
  //   neighbours. `Add` allocates them; `Wait` allocates nothing.
  // - `Wait` tells the kernel what the changes since the last one left to be
  //   told: one system call more for each `Modify` that had none, at most. It
  //   makes one more for each oneshot registration that is found ready before
  //   its re-arm although that was expected to come first, and waits again if
  //   it fetched nothing else.
  // - Such a registration takes a place in the span while it is fetched: where
  //   the span is small, `Wait` may return fewer events than there is room for,
  //   and the others come with the next one.
  // - `Selector::descriptor` is readable whenever a `Wait` with a timeout of
  //   zero, called after the last `Modify`, would return something: a change
  //   that the kernel has not been told of yet does not show there.
  // - A `Modify` without a system call cannot notice that the handle was closed
  //   without `Remove`: it returns OK. Therefore always `Remove` a handle
  //   before closing it, all the more if a duplicate of it stays open (dup,
  //   fork): a oneshot registration that is left behind in this way may keep
  //   `Wait` busy, as a level-triggered one does in any selector.
  bool single_waiter = false;
};

}  // namespace event_selector

#endif  // EVENT_SELECTOR_OPTIONS_H_
