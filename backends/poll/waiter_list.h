#ifndef BACKENDS_POLL_WAITER_LIST_H_
#define BACKENDS_POLL_WAITER_LIST_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "backends/poll/notifier.h"
#include "backends/poll/waiter.h"

namespace event_selector {
namespace poll {

// The waiters of a selector: one for each thread of those that have waited at
// the same time. They are kept until the end, so that a wait allocates nothing
// when as many wait again.
//
// `InterruptOne` and `Owns` are thread-safe, and async-signal-safe: the list
// only grows. The rest needs the lock of the table.
class WaiterList {
 public:
  WaiterList() = default;
  WaiterList(const WaiterList&) = delete;
  WaiterList& operator=(const WaiterList&) = delete;
  ~WaiterList();

  // Makes the first waiter, with notifiers of `kind` for all of them. Must
  // succeed before anything else is called. Errors: kResourceExhausted.
  absl::Status Open(Notifier::Kind kind);

  // Takes a waiter that no other thread has; a further one, which costs its
  // descriptors, if all are taken. Errors: kResourceExhausted.
  absl::StatusOr<Waiter*> Take();
  // Gives it back.
  void Return(Waiter* waiter);

  // Makes room for `registrations` in each, and in those to come. May throw
  // std::bad_alloc, and then has changed nothing that can be seen.
  void Reserve(std::size_t registrations);

  // Ends every poll that is running. False if the system refuses to end one.
  bool InterruptAll();

  // Whether a poll is running of what the table was before `version`.
  bool HasPollBefore(std::uint64_t version) const;

  // Ends one poll, if any is running. False if the system refuses.
  bool InterruptOne();

  // Whether `descriptor` is a part of one of them.
  bool Owns(int descriptor) const;

 private:
  struct Node {
    Waiter waiter;
    bool is_taken = false;
    Node* next = nullptr;  // Does not change once it is in the list.
  };

  Node* first() const { return first_.load(std::memory_order_acquire); }
  absl::StatusOr<Node*> Append();

  Notifier::Kind kind_ = Notifier::kDefault;
  std::size_t registrations_ = 0;
  std::atomic<Node*> first_{nullptr};
};

}  // namespace poll
}  // namespace event_selector

#endif  // BACKENDS_POLL_WAITER_LIST_H_
