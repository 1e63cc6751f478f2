#ifndef BACKENDS_KQUEUE_REGISTRAR_H_
#define BACKENDS_KQUEUE_REGISTRAR_H_

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "backends/kqueue/change_list.h"
#include "backends/kqueue/event_merger.h"
#include "backends/kqueue/kqueue_queue.h"
#include "backends/kqueue/registration_table.h"
#include "backends/kqueue/registration_word.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/mutex.h"
#include "event/mode.h"
#include "event/token.h"

namespace event_selector {
namespace kqueue {

// Keeps the table and the kernel's queue the same: makes, changes and ends
// registrations. Thread-safe; one change at a time, under a lock that a `Wait`
// takes only in `FollowEnd`.
//
// The table is changed first, so that no `Wait` gets an event that it does not
// know. Each change gives the registration a new generation, and an event that
// was fetched under the old one is dropped: what it told is told anew, since
// the filters are deleted and added, and look whether their condition holds.
class Registrar {
 public:
  // `queue` must outlive this object.
  explicit Registrar(const KqueueQueue& queue) : queue_(queue) {}

  // As `Selector::Add`, `Modify` and `Remove`; the arguments other than
  // `handle` are right.
  absl::Status Add(Handle handle, Token token, Interest interest, Mode mode);
  absl::Status Modify(Handle handle, Token token, Interest interest, Mode mode);
  absl::Status Remove(Handle handle);

  // Has the filters that `follower` names, if its registration is still there,
  // report by level if they are promoted, and else what is asked for. Ends the
  // registration if its handle is gone.
  void FollowEnd(const EventMerger::Follower& follower);

  const RegistrationTable& table() const { return table_; }

 private:
  absl::Status AddFresh(Handle handle, AtomicRegistration& registration,
                        Token token, Interest interest, Mode mode)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status CheckAdded(Handle handle, AtomicRegistration& registration,
                          const ChangeList& list, absl::string_view call)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status AddDead(Handle handle, AtomicRegistration& registration,
                       absl::string_view call)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  AtomicRegistration* FindUsed(Handle handle)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsStillThere(Handle handle, RegistrationWord word)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Undo(Handle handle, AtomicRegistration& registration)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Restore(Handle handle, AtomicRegistration& registration,
               RegistrationWord old, Token token)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const KqueueQueue& queue_;
  // Changes of the table and of the queue: one at a time. `Wait` reads the
  // table without it.
  internal::Mutex mutex_;
  RegistrationTable table_;
};

}  // namespace kqueue
}  // namespace event_selector

#endif  // BACKENDS_KQUEUE_REGISTRAR_H_
