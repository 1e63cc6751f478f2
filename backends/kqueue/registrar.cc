#include "backends/kqueue/registrar.h"

#include <cerrno>

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "backends/kqueue/change_list.h"
#include "backends/kqueue/control_error.h"
#include "backends/kqueue/event_merger.h"
#include "backends/kqueue/file_kind.h"
#include "backends/kqueue/registration_table.h"
#include "backends/kqueue/registration_word.h"
#include "backends/kqueue/system.h"
#include "backends/posix/descriptor_kind.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/described_error.h"
#include "event/internal/selector_errors.h"
#include "event/mode.h"
#include "event/token.h"

namespace event_selector {
namespace kqueue {
namespace {

using State = RegistrationWord::State;

// No registration, under the next generation.
RegistrationWord NoneAfter(RegistrationWord word) {
  return RegistrationWord().under(word.next_generation());
}

// Whether the system says so of the write filter of a pipe (if it is one) whose
// reader is gone: FreeBSD and OpenBSD EPIPE, NetBSD EBADF.
bool IsOfBrokenPipe(int error) { return error == EPIPE || error == EBADF; }

}  // namespace

absl::Status Registrar::Add(Handle handle, Token token, Interest interest,
                            Mode mode) {
  const internal::MutexLock lock(mutex_);
  AtomicRegistration* registration = table_.Find(handle);
  if (ABSL_PREDICT_FALSE(registration == nullptr)) {
    // No table for numbers that are none, be they ever so large.
    if (!IsOpen(handle)) return ControlError("Add", handle, EBADF);
    registration = table_.FindOrMake(handle);
    if (registration == nullptr) {
      return internal::NoMemoryError("the table of registrations");
    }
  }
  const RegistrationWord old = registration->word();
  if (ABSL_PREDICT_FALSE(old.has(State::kUsed)) && IsStillThere(handle, old)) {
    return internal::AlreadyRegisteredError("Add", handle);
  }
  return AddFresh(handle, *registration, token, interest, mode);
}

absl::Status Registrar::AddFresh(Handle handle,
                                 AtomicRegistration& registration, Token token,
                                 Interest interest, Mode mode) {
  const RegistrationWord old = registration.word();
  const RegistrationWord word(old.next_generation(), interest, mode);
  registration.Publish(word, token);
  ChangeList list(handle);
  // The one thing that closing a handle does not take away.
  if (ABSL_PREDICT_FALSE(old.has(State::kIsDead))) list.DeleteDead();
  list.ProbeVnode();
  list.AddAll(word);
  absl::Status status = queue_.Change(list)
                            ? CheckAdded(handle, registration, list, "Add")
                            : ControlError("Add", handle, errno);
  if (ABSL_PREDICT_FALSE(!status.ok())) {
    Undo(handle, registration);
    return status;
  }
  return absl::OkStatus();
}

// What became of the filters that `list` adds, and of its probe, if any.
absl::Status Registrar::CheckAdded(Handle handle,
                                   AtomicRegistration& registration,
                                   const ChangeList& list,
                                   absl::string_view call) {
  const int read = list.ResultOf(EVFILT_READ, EV_ADD);
  const int write = list.ResultOf(EVFILT_WRITE, EV_ADD);
  if (ABSL_PREDICT_FALSE(list.ResultOf(EVFILT_VNODE, EV_ADD) == 0)) {
    if (IsFile(handle))
      return internal::NotPollableError(call, handle, posix::KindOf(handle));
    ChangeList deletion(handle);
    deletion.DeleteVnode();
    queue_.Change(deletion);
  }
  // (Of any filter: the one for out-of-band data, too.)
  if (ABSL_PREDICT_FALSE(list.HasResult(EV_ADD, ENOMEM) ||
                         list.HasResult(EV_ADD, ENOSPC))) {
    return ControlError(call, handle, ENOMEM);
  }
  // A file may have one direction only. Of a broken pipe, the read filter tells
  // the end.
  if (ABSL_PREDICT_TRUE(read == 0 || write == 0)) return absl::OkStatus();
  if (IsOfBrokenPipe(write) && IsPipe(handle)) {
    return AddDead(handle, registration, call);
  }
  return ControlError(call, handle, read);
}

// NetBSD (sys_pipe.c of 2023) has a read filter for read ends only and refuses
// the write filter of a pipe whose reader is gone: nothing is left that could
// tell so. An event of the program's own does.
absl::Status Registrar::AddDead(Handle handle, AtomicRegistration& registration,
                                absl::string_view call) {
  if (!kHasUser) return ControlError(call, handle, EPIPE);
  RegistrationWord word = registration.word();
  const auto dead = [&word] {
    return word.with_both_ended().with(State::kIsDead);
  };
  while (!registration.Exchange(word, dead())) {
  }
  ChangeList list(handle);
  list.AddDead(dead());
  if (!queue_.Change(list)) return ControlError(call, handle, errno);
  const int error = list.ResultOf(kUser, EV_ADD);
  return error == 0 ? absl::OkStatus() : ControlError(call, handle, error);
}

// The registration of `handle`; null where there is none.
AtomicRegistration* Registrar::FindUsed(Handle handle) {
  AtomicRegistration* const registration = table_.Find(handle);
  if (registration == nullptr || !registration->word().has(State::kUsed)) {
    return nullptr;
  }
  // What stands in for a pipe's filters is there although the handle was
  // closed.
  if (ABSL_PREDICT_FALSE(registration->word().has(State::kIsDead)) &&
      !IsBrokenPipe(handle)) {
    Undo(handle, *registration);
    return nullptr;
  }
  return registration;
}

// Whether the registration that the table knows of is in the queue, too: it is
// not if the handle was closed without `Remove`.
bool Registrar::IsStillThere(Handle handle, RegistrationWord word) {
  // (Of such a one the queue knows nothing but the number.)
  if (word.has(State::kIsDead)) return IsBrokenPipe(handle);
  ChangeList list(handle);
  list.Probe(word);
  return queue_.Change(list) && list.HasResult(EV_ENABLE, 0);
}

// Nothing of the registration is left.
void Registrar::Undo(Handle handle, AtomicRegistration& registration) {
  const RegistrationWord word = registration.word();
  registration.Publish(NoneAfter(word), Token());
  ChangeList list(handle);
  list.DeleteAll(word);
  list.DeleteVnode();
  queue_.Change(list);
}

absl::Status Registrar::Modify(Handle handle, Token token, Interest interest,
                               Mode mode) {
  const internal::MutexLock lock(mutex_);
  AtomicRegistration* const registration = FindUsed(handle);
  if (registration == nullptr) return NotRegisteredError("Modify", handle);
  const RegistrationWord old = registration->word();
  // Before it is replaced. Only this thread changes tokens.
  const Token old_token = registration->TokenUnder(old.generation()).value();
  const RegistrationWord word(old.next_generation(), interest, mode);
  registration->Publish(word, token);
  ChangeList list(handle);
  // Deleted first: adding again does not change EV_CLEAR and EV_DISPATCH.
  list.DeleteAll(old);
  list.AddAll(word);
  if (!queue_.Change(list)) {
    const int error = errno;
    Restore(handle, *registration, old, old_token);
    return ControlError("Modify", handle, error);
  }
  if (ABSL_PREDICT_FALSE(!list.FoundAny(EV_DELETE) ||
                         list.HasResult(EV_DELETE, EBADF))) {
    // The handle was closed without `Remove`, and the number may be another's.
    Undo(handle, *registration);
    return NotRegisteredError("Modify", handle);
  }
  absl::Status status = CheckAdded(handle, *registration, list, "Modify");
  if (ABSL_PREDICT_FALSE(!status.ok())) {
    Restore(handle, *registration, old, old_token);
    return status;
  }
  return absl::OkStatus();
}

// Puts back what a failed `Modify` or `Remove` has replaced. An edge that holds
// is reported again, which is allowed; a spent registration stays so.
void Registrar::Restore(Handle handle, AtomicRegistration& registration,
                        RegistrationWord old, Token token) {
  RegistrationWord again = old.under(registration.word().next_generation())
                               .without(State::kReadEnded)
                               .without(State::kWriteEnded);
  if (again.has(State::kIsDead)) again = again.with_both_ended();
  // (Of a parked one, these bits mean what was told of it.)
  if (again.is_level() && !again.is_parked()) {
    again = again.without(State::kReadPromoted).without(State::kWritePromoted);
  }
  const RegistrationWord failed = registration.word();
  registration.Publish(again, token);
  ChangeList list(handle);
  list.DeleteAll(failed);
  list.AddAll(again);
  queue_.Change(list);
}

absl::Status Registrar::Remove(Handle handle) {
  const internal::MutexLock lock(mutex_);
  AtomicRegistration* const registration = FindUsed(handle);
  if (registration == nullptr) return NotRegisteredError("Remove", handle);
  const RegistrationWord old = registration->word();
  // Before it is gone. Only this thread changes tokens.
  const Token old_token = registration->TokenUnder(old.generation()).value();
  registration->Publish(NoneAfter(old), Token());
  ChangeList list(handle);
  list.DeleteAll(old);
  if (ABSL_PREDICT_FALSE(!queue_.Change(list))) {
    const int error = errno;
    Restore(handle, *registration, old, old_token);
    return ControlError("Remove", handle, error);
  }
  if (ABSL_PREDICT_FALSE(!list.FoundAny(EV_DELETE) ||
                         list.HasResult(EV_DELETE, EBADF))) {
    return NotRegisteredError("Remove", handle);
  }
  return absl::OkStatus();
}

void Registrar::FollowEnd(const EventMerger::Follower& follower) {
  const internal::MutexLock lock(mutex_);
  AtomicRegistration& registration = *table_.Find(follower.handle);
  const RegistrationWord word = registration.word();
  if (word.generation() != follower.generation || !word.has(State::kUsed)) {
    return;
  }
  if (follower.is_gone) {
    Undo(follower.handle, registration);
    return;
  }
  ChangeList list(follower.handle);
  if (follower.is_read) list.SetRead(word, word.has(State::kReadPromoted));
  if (follower.is_write) list.SetWrite(word, word.has(State::kWritePromoted));
  if (!queue_.Change(list)) return;
  // Where the write filter was all that there was, it cannot be had again.
  if (IsOfBrokenPipe(list.ResultOf(EVFILT_WRITE, EV_ADD)) &&
      list.ResultOf(EVFILT_READ, EV_ADD) != 0) {
    AddDead(follower.handle, registration, "Wait").IgnoreError();
  }
}

}  // namespace kqueue
}  // namespace event_selector
