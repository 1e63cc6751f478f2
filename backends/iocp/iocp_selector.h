#ifndef BACKENDS_IOCP_IOCP_SELECTOR_H_
#define BACKENDS_IOCP_IOCP_SELECTOR_H_

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <windows.h>

#include <cstddef>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/iocp/completion_port.h"
#include "backends/iocp/port_waker.h"
#include "backends/iocp/registration_polls.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/admission.h"
#include "event/internal/owner_thread.h"
#include "event/internal/plain_life.h"
#include "event/internal/wait_timeout.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/selector_options.h"
#include "event/token.h"

namespace event_selector {

// The selector over a Windows completion port, for sockets, whose readiness is
// asked for by polls of the ancillary function driver (AFD): level-triggered
// and oneshot. Windows 10 and newer; docs/portability-windows.md has the
// details.
//
// A registration costs some 300 bytes, and a thirty-second part of a handle.
//
// Wait makes, besides the call that waits, one that fetches what has come
// before, and one for each handle that may be ready. It holds the selector's
// lock, except while it waits: the table of the registrations, which the kernel
// has for epoll, is in the process here. It allocates nothing.
//
// Waiters and changes. Whoever makes a registration in need of a poll while
// others wait (a change, or a level-triggered event that is left for the
// others) makes the poll himself. If it finds the handle ready, a packet with
// the key kServe makes one of the others go and see; one is on its way at most.
class IocpSelector final : public Selector {
 public:
  // Errors: kResourceExhausted (handles, memory); kUnimplemented (a system
  // without AFD).
  static absl::StatusOr<std::unique_ptr<IocpSelector>> Create(
      const SelectorOptions& options = {});
  ~IocpSelector() override;

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
  // What one call of `Wait` has found.
  struct Turn {
    absl::Span<Event> room;
    std::size_t filled = 0;
    bool is_woken = false;

    bool is_over() const { return filled > 0 || is_woken; }
    void Fill(const Event& event) { room[filled++] = event; }
  };

  explicit IocpSelector(const SelectorOptions& options)
      : admission_(options.single_waiter) {}

  absl::Status NotRegistered(absl::string_view call, Handle handle) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool MakeRoomFor(Handle handle) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status FetchOld(Turn& turn) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FetchOldBetweenWaits() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AskQueued(Turn& turn) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Block(Turn& turn, const internal::WaitTimeout& timeout)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Run(Turn& turn, absl::Duration timeout)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TakePacket(const OVERLAPPED_ENTRY& packet, bool is_fresh, Turn& turn)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ServeWaiters() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  internal::Admission<internal::PlainLife, internal::OptionalOwner> admission_;
  iocp::CompletionPort port_;
  iocp::PortWaker waker_{port_};

  absl::Mutex mutex_;
  iocp::RegistrationPolls polls_ ABSL_GUARDED_BY(mutex_){port_};
  int waiters_ ABSL_GUARDED_BY(mutex_) = 0;  // In the call that waits.
  // A packet with the key kServe is on its way.
  bool is_serving_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace event_selector

#endif  // BACKENDS_IOCP_IOCP_SELECTOR_H_
