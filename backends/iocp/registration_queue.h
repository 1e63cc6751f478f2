#ifndef BACKENDS_IOCP_REGISTRATION_QUEUE_H_
#define BACKENDS_IOCP_REGISTRATION_QUEUE_H_

#include "backends/iocp/registration.h"

namespace event_selector {
namespace iocp {

// A queue of registrations through members of their own, so that it allocates
// nothing and takes any of them out at once. A registration is in one queue at
// most. Thread-compatible.
class RegistrationQueue {
 public:
  RegistrationQueue() = default;
  RegistrationQueue(const RegistrationQueue&) = delete;
  RegistrationQueue& operator=(const RegistrationQueue&) = delete;

  bool empty() const { return first_ == nullptr; }
  AfdRegistration* front() const { return first_; }

  // Does nothing where `registration` is in a queue already.
  void PushBack(AfdRegistration* registration) {
    if (registration->is_queued) return;
    registration->is_queued = true;
    registration->previous = last_;
    registration->next = nullptr;
    (last_ == nullptr ? first_ : last_->next) = registration;
    last_ = registration;
  }

  // Takes `registration` out, if it is in.
  void Remove(AfdRegistration* registration) {
    if (!registration->is_queued) return;
    registration->is_queued = false;
    AfdRegistration* const previous = registration->previous;
    AfdRegistration* const next = registration->next;
    (previous == nullptr ? first_ : previous->next) = next;
    (next == nullptr ? last_ : next->previous) = previous;
  }

  AfdRegistration* PopFront() {
    AfdRegistration* const front = first_;
    Remove(front);
    return front;
  }

  // Puts all of `other` behind what is here.
  void Append(RegistrationQueue& other) {
    while (!other.empty()) PushBack(other.PopFront());
  }

 private:
  AfdRegistration* first_ = nullptr;
  AfdRegistration* last_ = nullptr;
};

}  // namespace iocp
}  // namespace event_selector

#endif  // BACKENDS_IOCP_REGISTRATION_QUEUE_H_
