#ifndef BACKENDS_IOCP_REGISTRATION_QUEUE_H_
#define BACKENDS_IOCP_REGISTRATION_QUEUE_H_

namespace event_selector {
namespace iocp {

// A queue of registrations through members of their own (`next`, `previous`,
// `is_queued`), so that it allocates nothing and takes any of them out at once.
// A registration is in one queue at most. Thread-compatible.
template <typename Registration>
class RegistrationQueue {
 public:
  RegistrationQueue() = default;
  RegistrationQueue(const RegistrationQueue&) = delete;
  RegistrationQueue& operator=(const RegistrationQueue&) = delete;

  bool empty() const { return first_ == nullptr; }
  Registration* front() const { return first_; }

  // Does nothing where `registration` is in a queue already.
  void PushBack(Registration* registration) {
    if (registration->is_queued) return;
    registration->is_queued = true;
    registration->previous = last_;
    registration->next = nullptr;
    (last_ == nullptr ? first_ : last_->next) = registration;
    last_ = registration;
  }

  // Takes `registration` out, if it is in.
  void Remove(Registration* registration) {
    if (!registration->is_queued) return;
    registration->is_queued = false;
    Registration* const previous = registration->previous;
    Registration* const next = registration->next;
    (previous == nullptr ? first_ : previous->next) = next;
    (next == nullptr ? last_ : next->previous) = previous;
  }

  Registration* PopFront() {
    Registration* const front = first_;
    Remove(front);
    return front;
  }

  // Puts all of `other` behind what is here.
  void Append(RegistrationQueue& other) {
    while (!other.empty()) PushBack(other.PopFront());
  }

 private:
  Registration* first_ = nullptr;
  Registration* last_ = nullptr;
};

}  // namespace iocp
}  // namespace event_selector

#endif  // BACKENDS_IOCP_REGISTRATION_QUEUE_H_
