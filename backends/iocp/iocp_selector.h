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
#include "backends/iocp/waitable_registrations.h"
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

  // ---- What only Windows has: objects that threads can wait for.
  //
  // Processes, threads, events, semaphores, waitable timers, the input of a
  // console, and whatever else WaitForSingleObject takes, beside the sockets
  // and in any number. An event with Readiness::kReadable says that a wait for
  // the object was satisfied. What a satisfied wait changes is changed then: an
  // event with automatic reset is reset, and a semaphore's count is one less.
  // So each event is one acquisition, which is the caller's. For what keeps its
  // state (a process that has ended, an event with manual reset, unread input)
  // the modes mean what they mean for sockets.
  //
  // `Wait` reports them together with sockets. Waiting costs nothing while an
  // object's state does not change; a report costs some system calls, and one
  // of the system's threads waits for 63 objects.
  //
  // The handle names the registration. Call `RemoveWaitable` before closing it.
  // (The object is kept by a duplicate: a handle that is closed too early
  // breaks nothing, but its number stays registered.) These calls follow the
  // rules of `Selector`'s: threads, `Close`, memory,
  // SelectorOptions::single_waiter.

  // Registers `handle` in the mode kLevel or kOneshot. A state that holds
  // already is reported by the next `Wait`. Errors:
  //   kAlreadyExists      it is registered.
  //   kInvalidArgument    it is not open, has not the right SYNCHRONIZE, or its
  //                       object is none that can be waited for.
  //   kUnimplemented      a mutex, which would belong to a thread of the
  //                       system's; a file, a pipe, a socket, the output of a
  //                       console, whose state does not mean readiness; another
  //                       mode.
  //   kResourceExhausted  no memory or handles are left.
  absl::Status AddWaitable(HANDLE handle, Token token,
                           Mode mode = Mode::kLevel);
  // Replaces token and mode, and arms a registration that was reported in the
  // mode kOneshot. Errors: kNotFound; kUnimplemented for another mode.
  absl::Status ModifyWaitable(HANDLE handle, Token token, Mode mode);
  // Ends a registration. An acquisition that no `Wait` has reported is lost.
  // Errors: kNotFound.
  absl::Status RemoveWaitable(HANDLE handle);

  // `selector` as what it is, or null if it is no IocpSelector (but a decorator
  // around one, perhaps). For programs that use `Selector::Create`.
  static IocpSelector* From(Selector& selector);

 private:
  // What one call of `Wait` has found.
  struct Turn {
    absl::Span<Event> room;
    std::size_t filled = 0;
    bool is_woken = false;

    bool is_over() const { return filled > 0 || is_woken; }
    void Fill(const Event& event) { room[filled++] = event; }
  };

  explicit IocpSelector(const SelectorOptions& options);

  absl::Status NotRegistered(absl::string_view call, Handle handle) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool MakeRoomFor(Handle handle) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status FetchOld(Turn& turn) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FetchOldBetweenWaits() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AskQueued(Turn& turn) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  template <typename Registrations>
  static void AskAll(Registrations& registrations, Turn& turn);
  absl::Status Block(Turn& turn, const internal::WaitTimeout& timeout)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Run(Turn& turn, absl::Duration timeout)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TakePacket(const OVERLAPPED_ENTRY& packet, bool is_fresh, Turn& turn)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ServeWaiters() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  template <typename Registrations>
  void ServeWaitersFrom(Registrations& registrations)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::size_t removed() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  internal::Admission<internal::PlainLife, internal::OptionalOwner> admission_;
  iocp::CompletionPort port_;
  iocp::PortWaker waker_{port_};

  absl::Mutex mutex_;
  iocp::RegistrationPolls polls_ ABSL_GUARDED_BY(mutex_){port_};
  // After `polls_`, whose end takes packets out of the port.
  iocp::WaitableRegistrations waitables_ ABSL_GUARDED_BY(mutex_){port_};
  // Whether the next turn begins with them, so that sockets that are always
  // ready do not take all the room.
  bool are_waitables_first_ ABSL_GUARDED_BY(mutex_) = false;
  int waiters_ ABSL_GUARDED_BY(mutex_) = 0;  // In the call that waits.
  // A packet with the key kServe is on its way.
  bool is_serving_ ABSL_GUARDED_BY(mutex_) = false;

  // Of all that the process has, for `From`.
  IocpSelector* next_ = nullptr;
};

}  // namespace event_selector

#endif  // BACKENDS_IOCP_IOCP_SELECTOR_H_
