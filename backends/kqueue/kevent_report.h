#ifndef BACKENDS_KQUEUE_KEVENT_REPORT_H_
#define BACKENDS_KQUEUE_KEVENT_REPORT_H_

#include "backends/kqueue/registration_word.h"
#include "backends/kqueue/system.h"
#include "event/interest.h"
#include "event/readiness.h"

namespace event_selector {
namespace kqueue {

// What one kevent tells, in the words of the contract, so that it is the same
// as on epoll:
//
//   EVFILT_READ   kReadable if asked for; with EV_EOF kReadClosed if asked for
//   EVFILT_WRITE  kWritable if asked for
//   EVFILT_EXCEPT kPriority
//   EVFILT_USER   nothing but the hang-up of a pipe whose both directions have
//                 ended before it was registered
//   both with EV_EOF, in whatever order they came: kHangup; then both
//                 directions count as ready, if asked for, since neither a read
//                 nor a write would block
//   EV_EOF with an errno in fflags: kError
//
// A filter that is not asked for and has nothing of that to tell was there for
// the end only, and reported something else: nothing.

// `word` with what `kevent` says of the directions' ends. An end may also be
// over: a FIFO that a new peer has opened.
inline RegistrationWord HearEnds(RegistrationWord word, const Kevent& kevent) {
  const bool is_end = HasFlag(kevent, EV_EOF);
  const auto state = kevent.filter == EVFILT_WRITE
                         ? RegistrationWord::kWriteEnded
                         : RegistrationWord::kReadEnded;
  if (kevent.filter != EVFILT_READ && kevent.filter != EVFILT_WRITE) {
    return word;
  }
  return is_end ? word.with(state) : word.without(state);
}

// `word` is what `HearEnds` returned.
inline Readiness ReportOf(RegistrationWord word, const Kevent& kevent) {
  Readiness report;
  const bool is_hangup = word.has(RegistrationWord::kReadEnded) &&
                         word.has(RegistrationWord::kWriteEnded);
  const bool is_end = HasFlag(kevent, EV_EOF);
  const bool is_except = kHasExcept && kevent.filter == kExcept;
  if (is_except && word.wants(Interest::kPriority)) {
    report |= Readiness::kPriority;
  }
  const bool is_read = kevent.filter == EVFILT_READ;
  if ((is_read || (is_hangup && !is_except)) &&
      word.wants(Interest::kReadable)) {
    report |= Readiness::kReadable;
  }
  if (word.has(RegistrationWord::kReadEnded) &&
      word.wants(Interest::kReadClosed) && ((is_read && is_end) || is_hangup)) {
    report |= Readiness::kReadClosed;
  }
  const bool is_write = kevent.filter == EVFILT_WRITE;
  if ((is_write || (is_hangup && !is_except)) &&
      word.wants(Interest::kWritable)) {
    report |= Readiness::kWritable;
  }
  if (is_hangup) report |= Readiness::kHangup;
  if (is_end && kevent.fflags != 0 && !is_except) report |= Readiness::kError;
  return report;
}

}  // namespace kqueue
}  // namespace event_selector

#endif  // BACKENDS_KQUEUE_KEVENT_REPORT_H_
