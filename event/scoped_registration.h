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

// A registration that ends with this object: `Add` makes it, and the destructor
// removes it. The caller keeps the handle and closes it after that. So declare
// the registration after the descriptor's owner, and the compiler gets the
// order right (members are destroyed from the last to the first):
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
// Lifetime: the selector must outlive this object, unless the object holds no
// registration any more. A closed selector (`Selector::Close`) still lives.
//
// The destructor and the assignment cannot report errors, so they ignore them.
// Nothing is left to be done after these:
//   kCancelled           The selector is closed and reports nothing any more.
//   kNotFound,           The handle was removed by somebody else, or closed.
//   kInvalidArgument,    That ended the registration. (While a duplicate is
//   kUnimplemented       open it may live on, but no call can name it.)
//                        Closing a handle too early is a mistake all the same.
//                        Its number may name another handle by now, whose
//                        registration is then removed instead.
//   kFailedPrecondition  In a child process after `fork`: the parent's
//                        registration is not the child's to end.
// But with SelectorOptions::single_waiter, kFailedPrecondition also means that
// the calling thread is not the selector's. Then the registration stands, as if
// it had been released. So destroy the object in the selector's thread.
//
// Threads: each call is one of the selector's, with its rules. Calls on one
// object from several threads need the caller's lock.
class ScopedRegistration {
 public:
  // Registers `handle` as `Selector::Add` does, with the same errors.
  static absl::StatusOr<ScopedRegistration> Add(Selector& selector,
                                                Handle handle, Token token,
                                                Interest interest,
                                                Mode mode = Mode::kLevel);

  // Holds no registration.
  ScopedRegistration() = default;
  // Takes the registration over from `other`, which holds none afterwards. An
  // assignment first removes what this object held. Assigning an object to
  // itself does nothing.
  ScopedRegistration(ScopedRegistration&& other) noexcept;
  ScopedRegistration& operator=(ScopedRegistration&& other) noexcept;
  ~ScopedRegistration();

  // Replaces token, interest and mode as `Selector::Modify` does, with the same
  // errors. Returns kNotFound if this object holds no registration.
  absl::Status Modify(Token token, Interest interest, Mode mode);

  // Ends the registration and returns the status of `Selector::Remove`, or
  // kNotFound if this object holds no registration. Afterwards it holds none,
  // whatever the status. The exception is kFailedPrecondition: the registration
  // stands, and this object goes on holding it.
  absl::Status Remove();

  // Lets go of the registration without ending it. Returns its handle, or
  // kInvalidHandle if this object holds no registration.
  Handle Release() noexcept;

  // Returns whether this object holds a registration.
  bool has_value() const { return selector_ != nullptr; }
  // Returns the handle of the registration, or kInvalidHandle if this object
  // holds none.
  Handle handle() const { return handle_; }

 private:
  ScopedRegistration(Selector& selector, Handle handle)
      : selector_(&selector), handle_(handle) {}

  Selector* selector_ = nullptr;  // Null: holds no registration.
  Handle handle_ = kInvalidHandle;
};

}  // namespace event_selector

#endif  // EVENT_SCOPED_REGISTRATION_H_
