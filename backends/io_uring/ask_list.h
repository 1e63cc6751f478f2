#ifndef BACKENDS_IO_URING_ASK_LIST_H_
#define BACKENDS_IO_URING_ASK_LIST_H_

#include "backends/io_uring/registration.h"
#include "event/handle.h"

namespace event_selector {
namespace io_uring {

// The registrations that the kernel is to be told of before the next wait, in
// the order in which they come: a list through the table, so that nothing is
// allocated. One that needs it no more stays until it is taken, and is then
// found to be in no need.
class AskList {
 public:
  bool empty() const { return first_ == kInvalidHandle; }

  // Puts `handle` behind the others, unless it is in the list.
  void Append(Handle handle, Registration& registration,
              const RegistrationTable& table) {
    if (registration.is_listed) return;
    registration.is_listed = true;
    registration.next = kInvalidHandle;
    if (empty()) {
      first_ = handle;
    } else {
      table.FindKnown(last_)->next = handle;
    }
    last_ = handle;
  }

  // Puts `handle` before the others, but behind those that came here in the
  // same row: `before` is the one before it (kInvalidHandle for the first).
  // Returns what is to be given next.
  Handle Prepend(Handle handle, Registration& registration, Handle before,
                 const RegistrationTable& table) {
    if (registration.is_listed) return before;
    registration.is_listed = true;
    Handle& link =
        before == kInvalidHandle ? first_ : table.FindKnown(before)->next;
    registration.next = link;
    if (link == kInvalidHandle) last_ = handle;
    link = handle;
    return handle;
  }

  // Takes the first one. Not of an empty list.
  Handle Take(const RegistrationTable& table) {
    const Handle handle = first_;
    Registration& registration = *table.FindKnown(handle).registration;
    registration.is_listed = false;
    first_ = registration.next;
    return handle;
  }

 private:
  Handle first_ = kInvalidHandle;
  Handle last_ = kInvalidHandle;  // If not empty.
};

}  // namespace io_uring
}  // namespace event_selector

#endif  // BACKENDS_IO_URING_ASK_LIST_H_
