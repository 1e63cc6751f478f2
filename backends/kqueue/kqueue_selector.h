#ifndef BACKENDS_KQUEUE_KQUEUE_SELECTOR_H_
#define BACKENDS_KQUEUE_KQUEUE_SELECTOR_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/kqueue/event_merger.h"
#include "backends/kqueue/kqueue_queue.h"
#include "backends/kqueue/registrar.h"
#include "backends/kqueue/waker.h"
#include "backends/posix/selector_life.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/admission.h"
#include "event/internal/owner_thread.h"
#include "event/internal/registration_rules.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/selector_options.h"
#include "event/token.h"

namespace event_selector {

// The selector over kqueue(2): macOS and the BSDs. Not supported: the modes
// kExclusive and kKeepAwake, and kPriority where the system has no
// EVFILT_EXCEPT (FreeBSD, NetBSD).
//
// Holds one descriptor (two more where the system has no EVFILT_USER), and 12
// bytes for each descriptor number near those that were registered; see
// backends/kqueue/registration_table.h. `Add` allocates them.
//
// `Wait` makes one system call, as the contract says, and one more
// - where what it fetched is not for the caller: the second direction of a
//   oneshot registration that is spent, or a direction that is not asked for
//   and has not ended (see backends/kqueue/change_list.h);
// - once for a level-triggered registration without kReadable whose peer has
//   closed. That one is under the lock of the changes, too;
// - an fstat(2) when the first of a handle's directions has ended.
class KqueueSelector final : public Selector {
 public:
  // Errors: kResourceExhausted (descriptors, memory).
  static absl::StatusOr<std::unique_ptr<KqueueSelector>> Create(
      const SelectorOptions& options = {});

  using Selector::Add;

  absl::Status Add(Handle handle, Token token, Interest interest,
                   Mode mode) override;
  absl::Status Modify(Handle handle, Token token, Interest interest,
                      Mode mode) override;
  absl::Status Remove(Handle handle) override;
  absl::StatusOr<absl::Span<Event>> Wait(absl::Span<Event> events,
                                         absl::Duration timeout) override;
  absl::Status Wake() override;
  void Close() override;
  absl::Status HandOver() override;
  absl::StatusOr<Handle> descriptor() const override;
  absl::string_view name() const override;
  Capabilities capabilities() const override;

 private:
  explicit KqueueSelector(const SelectorOptions& options)
      : admission_(options.single_waiter) {}

  absl::Status CheckRegistration(internal::RegistrationCall call, Handle handle,
                                 Interest interest, Mode mode);
  bool Owns(Handle handle) const {
    return handle == queue_.descriptor() || waker_.Owns(handle);
  }
  bool Take(absl::Span<const kqueue::Kevent> kevents,
            kqueue::EventMerger& merger);
  void FillLastPlace(kqueue::EventMerger& merger);

  internal::Admission<posix::SelectorLife, internal::OptionalOwner> admission_;
  kqueue::KqueueQueue queue_{admission_.life()};
  kqueue::Waker waker_;  // Behind `queue_`, which it uses.
  kqueue::Registrar registrar_{queue_};
};

}  // namespace event_selector

#endif  // BACKENDS_KQUEUE_KQUEUE_SELECTOR_H_
