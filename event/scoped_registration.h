#ifndef EVENT_SCOPED_REGISTRATION_H_
#define EVENT_SCOPED_REGISTRATION_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/token.h"

namespace event_selector {

// A registration that ends with this object: `Add` makes it, the destructor
// removes it. The handle stays the caller's, who closes it after that. So
// declare the registration after the descriptor's owner, and the compiler gets
// the order right (members are destroyed from the last to the first):
//
//   struct Client {
//     Socket socket;  // Closes its descriptor.
//     event_selector::ScopedRegistration registration;
//   };
//
//   absl::StatusOr<event_selector::ScopedRegistration> added =
//       event_selector::ScopedRegistration::Add(
//           selector, client.socket.fd(), token,
//           event_selector::Interest::kReadable);
//   if (!added.ok()) return added.status();
//   client.registration = *std::move(added);
//
// Lifetime: the selector must outlive the object, unless the object holds no
// registration any more. A closed selector (`Selector::Close`) still lives.
//
// What the destructor and the assignment cannot report, they ignore. Nothing is
// left to be done after these:
//   kCancelled           the selector is closed and reports nothing any more.
//   kNotFound,           the handle was removed by somebody else, or closed:
//   kInvalidArgument     that ended the registration. (A handle that is closed
//                        too early is a mistake all the same. Its number may
//                        name another one by now, whose registration is then
//                        removed instead.)
//   kFailedPrecondition  in a child process after `fork`: the parent's
//                        registration is not the child's to end.
// But with SelectorOptions::single_waiter, kFailedPrecondition also means that
// this is not the selector's thread: the registration stands, as if it had been
// released. Destroy the object in the selector's thread.
//
// Threads: each call is one of the selector's, with its rules. Two calls on one
// object need the caller's lock.
class ScopedRegistration {
 public:
  // Registers `handle` as `Selector::Add` does, with the same errors.
  static absl::StatusOr<ScopedRegistration> Add(Selector& selector,
                                                Handle handle, Token token,
                                                Interest interest,
                                                Mode mode = Mode::kLevel);

  // Holds no registration.
  ScopedRegistration() = default;
  // `other` holds none afterwards. An assignment first removes what this object
  // held; one to itself does nothing.
  ScopedRegistration(ScopedRegistration&& other) noexcept;
  ScopedRegistration& operator=(ScopedRegistration&& other) noexcept;
  ~ScopedRegistration();

  // Replaces token, interest and mode as `Selector::Modify` does, with the same
  // errors; kNotFound where it holds no registration.
  absl::Status Modify(Token token, Interest interest, Mode mode);

  // Ends the registration and tells how that went, as `Selector::Remove` does:
  // kNotFound where it holds none. Holds none afterwards, whatever the status:
  // only after kFailedPrecondition, where the registration stands, it goes on
  // holding it.
  absl::Status Remove();

  // Lets go of the registration, which stands. Returns its handle,
  // kInvalidHandle where it holds none.
  Handle Release() noexcept;

  // Whether it holds a registration.
  bool has_value() const { return selector_ != nullptr; }
  // The handle that it holds the registration of, or kInvalidHandle.
  Handle handle() const { return handle_; }

 private:
  ScopedRegistration(Selector& selector, Handle handle)
      : selector_(&selector), handle_(handle) {}

  Selector* selector_ = nullptr;  // Null: holds no registration.
  Handle handle_ = kInvalidHandle;
};

}  // namespace event_selector

#endif  // EVENT_SCOPED_REGISTRATION_H_
