#ifndef EVENT_MAILBOX_H_
#define EVENT_MAILBOX_H_

#include <type_traits>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "event/internal/described_error.h"
#include "event/internal/mutex.h"
#include "event/selector.h"

namespace event_selector {

// Items from any thread to a loop: threads post, the loop takes all at once.
//
//   event_selector::Mailbox<Answer> mailbox(selector);
//   ...
//   const absl::Status posted = mailbox.Post(std::move(answer));  // A thread.
//   ...
//   std::vector<Answer> answers;  // The loop. Outlives the round: see below.
//   for (;;) {
//     ready = selector.Wait(events, timeout);
//     ...
//     mailbox.TakeAll(answers);
//     for (Answer& answer : answers) Send(std::move(answer));
//   }
//
// The first `Post` to an empty mailbox wakes the selector (`Selector::Wake`).
// Further ones do not, and cost no system call, until the loop has taken what
// is there. (Threads that post at the same moment wait for each other as for
// any mutex.) So take all after each `Wait`, also after one with events: the
// wake-up may have come with them. The items of one thread come in the order in
// which it posted them. What it wrote before it posted an item is seen by
// whoever takes the item.
//
// Shutting down: `Close` refuses what comes later, and the refused item stays
// with its poster. What was accepted before can still be taken. So no item is
// ever lost: close, take the rest, join the threads that post, and then destroy
// the mailbox and the selector. The selector may be closed at any time.
//
// Memory: none is allocated once `Post` has seen the largest number of items,
// if the loop goes on passing the same vector to `TakeAll`. The memory changes
// places with that of the vector; a new vector gives it back.
//
// Thread-safe, but for the destructor. Not for signal handlers, nor for a child
// after `fork`: a mutex may be held there for ever. A signal handler may set a
// flag and call `Selector::Wake`.
template <typename T>
class Mailbox {
 public:
  static_assert(std::is_nothrow_move_constructible<T>::value,
                "an item that throws on its way would be lost");

  // `selector` is that of the loop which takes the items. It must outlive the
  // last `Post`.
  explicit Mailbox(Selector& selector) : selector_(selector) {}
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;
  // Destroys the items that nobody has taken. No other call may be running or
  // follow.
  ~Mailbox() = default;

  // Puts `item` into the mailbox, and wakes the loop if it does not know yet.
  // Errors:
  //   kCancelled          the mailbox is closed. `item` is as it was.
  //   kResourceExhausted  no memory left. `item` is as it was.
  //   kUnavailable        `item` is in the mailbox, but the selector could not
  //                       be woken, for the reason in the message. The loop
  //                       finds the item after its next `Wait`, whatever ends
  //                       that. The next `Post` wakes it again, and so does
  //                       `Selector::Wake`. (Other threads that posted at the
  //                       same moment may have relied on this wake-up.)
  // A selector that is closed is no error: its loop does not sleep any more.
  absl::Status Post(T&& item);

  // Takes all items. They replace what is in `items`, which is destroyed first.
  // Never fails. Also after `Close`, and by any one thread at a time; usually
  // the loop's, after each `Wait`.
  void TakeAll(std::vector<T>& items);

  // Refuses all items from now on. Does not wake the loop. Calling it twice is
  // fine.
  void Close() {
    const internal::MutexLock lock(mutex_);
    is_closed_ = true;
  }

 private:
  // Returns false if there is no memory for `item`.
  static bool Push(std::vector<T>& items, T&& item) {
    return internal::HasMemoryFor([&] { items.push_back(std::move(item)); });
  }
  absl::Status WakeLoop();

  Selector& selector_;
  internal::Mutex mutex_;
  std::vector<T> items_ ABSL_GUARDED_BY(mutex_);
  bool is_closed_ ABSL_GUARDED_BY(mutex_) = false;
  // Whether somebody has woken the loop, or is about to, for what is there.
  bool is_woken_ ABSL_GUARDED_BY(mutex_) = false;
};

template <typename T>
absl::Status Mailbox<T>::Post(T&& item) {
  {
    const internal::MutexLock lock(mutex_);
    if (is_closed_) {
      return internal::DescribedError(absl::StatusCode::kCancelled,
                                      "the mailbox is closed");
    }
    if (!Push(items_, std::move(item))) {
      return internal::NoMemoryError("an item in the mailbox");
    }
    if (std::exchange(is_woken_, true)) return absl::OkStatus();
  }
  return WakeLoop();  // Without the lock, which the loop takes next.
}

template <typename T>
absl::Status Mailbox<T>::WakeLoop() {
  const absl::Status woken = selector_.Wake();
  if (woken.ok() || woken.code() == absl::StatusCode::kCancelled) {
    return absl::OkStatus();
  }
  {
    const internal::MutexLock lock(mutex_);
    is_woken_ = false;
  }
  return internal::DescribedError(
      absl::StatusCode::kUnavailable,
      "the item is in the mailbox, but the loop was not woken: ",
      absl::StatusCodeToString(woken.code()), " from Selector::Wake");
}

template <typename T>
void Mailbox<T>::TakeAll(std::vector<T>& items) {
  items.clear();
  const internal::MutexLock lock(mutex_);
  items.swap(items_);
  is_woken_ = false;
}

}  // namespace event_selector

#endif  // EVENT_MAILBOX_H_
