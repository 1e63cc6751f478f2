#ifndef BACKENDS_POLL_NOTIFIER_H_
#define BACKENDS_POLL_NOTIFIER_H_

#include "absl/status/status.h"
#include "backends/posix/unique_descriptor.h"

namespace event_selector {
namespace poll {

// A descriptor that becomes readable by `Notify`, for a poll(2) that is to end:
// an eventfd(2), or a pipe(2) where the system has none. Non-blocking and
// close-on-exec. Thread-safe, but for `Open`; `Notify` is async-signal-safe.
class Notifier {
 public:
  enum class Kind {
    kEventfd,
    kPipe,
    kEither,  // An eventfd; a pipe where the system refuses to make one, as a
              // seccomp filter may.
  };

#if defined(__linux__)
  static constexpr Kind kDefault = Kind::kEither;
#else
  static constexpr Kind kDefault = Kind::kPipe;
#endif

  // Must succeed before anything else is called. Errors: kResourceExhausted;
  // kUnimplemented (kEventfd only: none on this system).
  absl::Status Open(Kind kind = kDefault);

  // To be polled for POLLIN.
  int descriptor() const { return read_end_.get(); }

  // Makes it readable. May change errno. False if the system refuses.
  bool Notify() const;

  // Makes it unreadable, but for a `Notify` that comes later. May change errno.
  // False if the system refuses, so that it stays readable.
  bool Reset() const;

  // Whether `descriptor` is a part of this.
  bool Owns(int descriptor) const {
    return descriptor >= 0 &&
           (descriptor == read_end_.get() || descriptor == write_end_.get());
  }

 private:
  absl::Status OpenEventfd();
  absl::Status OpenPipe();
  // Where to write; an eventfd has one descriptor for both.
  int target() const {
    return write_end_.valid() ? write_end_.get() : read_end_.get();
  }

  posix::UniqueDescriptor read_end_;
  posix::UniqueDescriptor write_end_;
};

}  // namespace poll
}  // namespace event_selector

#endif  // BACKENDS_POLL_NOTIFIER_H_
