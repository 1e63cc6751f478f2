#ifndef BACKENDS_KQUEUE_REGISTRAR_H_
#define BACKENDS_KQUEUE_REGISTRAR_H_

#include <cstdint>
#include <mutex>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "backends/kqueue/change_list.h"
#include "backends/kqueue/kqueue_queue.h"
#include "backends/kqueue/registration_table.h"
#include "backends/kqueue/registration_word.h"
#include "event/handle.h"
#include "event/interest.h"
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

  // Has the read filter of the registration of that generation, if it is still
  // there, report by level if it is promoted, and else what is asked for.
  void FollowEnd(Handle handle, std::uint32_t generation);

  const RegistrationTable& table() const { return table_; }

 private:
  // All of them with `mutex_` held.
  absl::Status AddFresh(Handle handle, AtomicRegistration& registration,
                        Token token, Interest interest, Mode mode);
  absl::Status CheckAdded(Handle handle, const ChangeList& list,
                          absl::string_view call);
  bool IsStillThere(Handle handle, RegistrationWord word);
  void Undo(Handle handle, AtomicRegistration& registration);
  void Restore(Handle handle, AtomicRegistration& registration,
               RegistrationWord old, Token token);
  void HeedBrokenPipe(Handle handle, AtomicRegistration& registration,
                      const ChangeList& list);

  const KqueueQueue& queue_;
  // Not an absl::Mutex: without NDEBUG, its functions take a lock of the whole
  // process, which in a forked child may be held by a thread that is not there
  // any more; and a child may destroy this object.
  std::mutex mutex_;
  RegistrationTable table_;
};

}  // namespace kqueue
}  // namespace event_selector

#endif  // BACKENDS_KQUEUE_REGISTRAR_H_
