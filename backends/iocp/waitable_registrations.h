#ifndef BACKENDS_IOCP_WAITABLE_REGISTRATIONS_H_
#define BACKENDS_IOCP_WAITABLE_REGISTRATIONS_H_

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <windows.h>

#include <atomic>
#include <cstddef>
#include <optional>
#include <unordered_map>

#include "absl/status/status.h"
#include "backends/iocp/completion_port.h"
#include "backends/iocp/registration_queue.h"
#include "backends/iocp/unique_handle.h"
#include "event/event.h"
#include "event/readiness.h"
#include "event/token.h"

namespace event_selector {
namespace iocp {

// One registered object that threads can wait for. Data only.
struct WaitableRegistration {
  // The caller's handle, which names the registration, and ours.
  HANDLE handle = nullptr;
  UniqueHandle object;
  Token token;
  bool is_oneshot = false;

  // What is still to be reported. kReadable: a wait was satisfied, and has
  // taken what there is to be taken. kError: the system refuses to wait.
  Readiness readiness;
  // No longer registered: lives for its packet only.
  bool is_removed = false;
  // Of RegisterWaitForSingleObject. Not null: one packet comes, sooner or
  // later.
  HANDLE wait = nullptr;
  // Whether it is on its way.
  std::atomic<bool> is_posted{false};
  const CompletionPort* port = nullptr;

  // ---- RegistrationQueue.
  WaitableRegistration* next = nullptr;
  WaitableRegistration* previous = nullptr;
  bool is_queued = false;
};

// The registrations of a selector that are no sockets but objects with a state
// (processes, events, semaphores, ...), and the waits for them.
//
// As with the polls of sockets, what is in `queue` is to be asked for before a
// thread blocks. That asks the object itself, without waiting. If its state is
// not signalled, a thread of the system's pool waits for it, once
// (WT_EXECUTEONLYONCE, or it would report a process again and again), and puts
// a packet into the port. One such thread waits for 63 objects.
//
// A wait that is satisfied may change the object: it takes one from a
// semaphore, and resets an event with automatic reset. So what a packet tells
// is always reported, also if it is old.
//
// Thread-compatible: IocpSelector's lock guards it.
class WaitableRegistrations {
 public:
  // `port` must outlive this object.
  explicit WaitableRegistrations(const CompletionPort& port) : port_(port) {}
  // Packets that are left in the port must not be given to `Take` any more.
  ~WaitableRegistrations();

  WaitableRegistrations(const WaitableRegistrations&) = delete;
  WaitableRegistrations& operator=(const WaitableRegistrations&) = delete;

  RegistrationQueue<WaitableRegistration>& queue() { return queue_; }

  // Null where there is none.
  WaitableRegistration* Find(HANDLE handle) const;

  // Errors: those of IocpSelector::AddWaitable.
  absl::Status Add(HANDLE handle, Token token, bool is_oneshot);
  void Modify(WaitableRegistration* registration, Token token, bool is_oneshot);
  void Remove(WaitableRegistration* registration);

  // How many packets of removed registrations are to come.
  std::size_t removed() const { return removed_; }

  // Asks for the state of `registration`, just taken out of `queue()`. nullopt:
  // it has a wait now.
  std::optional<Event> Ask(WaitableRegistration* registration);

  // Whether the first of `queue()`, which must not be empty, has something to
  // report. If so it stays there; if not, it has a wait now.
  bool IsFirstReady();

  // Takes the packet of a wait. `has_room`: whether it may be reported at once;
  // if not it is queued. nullopt where there is nothing to report now.
  std::optional<Event> Take(const OVERLAPPED_ENTRY& packet, bool has_room);

  // Queues what has been reported, where it is to be reported again.
  void EndTurn() { queue_.Append(reported_); }

 private:
  Event Report(WaitableRegistration* registration);
  bool BeginWait(WaitableRegistration* registration);

  const CompletionPort& port_;
  std::unordered_map<HANDLE, WaitableRegistration*> table_;
  RegistrationQueue<WaitableRegistration> queue_;
  RegistrationQueue<WaitableRegistration> reported_;
  // Those that live for their packets.
  RegistrationQueue<WaitableRegistration> removed_queue_;
  std::size_t removed_ = 0;
};

}  // namespace iocp
}  // namespace event_selector

#endif  // BACKENDS_IOCP_WAITABLE_REGISTRATIONS_H_
