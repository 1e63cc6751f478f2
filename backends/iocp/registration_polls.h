#ifndef BACKENDS_IOCP_REGISTRATION_POLLS_H_
#define BACKENDS_IOCP_REGISTRATION_POLLS_H_

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <windows.h>

#include <cstddef>
#include <optional>
#include <unordered_map>

#include "absl/status/status.h"
#include "backends/iocp/completion_port.h"
#include "backends/iocp/poll_groups.h"
#include "backends/iocp/registration.h"
#include "backends/iocp/registration_queue.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/token.h"

namespace event_selector {
namespace iocp {

// The registrations of a selector, found by socket in constant time, and their
// polls. The rules:
//
// - A registration has one poll at most: two of one socket would both be woken.
// - Polls are made as late as can be, by those who take registrations out of
//   `queue`, so that changes before it cost nothing, and so that what a poll
//   says at once is what holds now. What a packet says may be old: it was
//   queued when the poll ended, perhaps long before anybody fetched it.
// - A poll is cancelled when it does not ask for enough. One that asks for too
//   much stays: its report is checked against the interest.
// - A registration with a poll lives until its packet has come.
//
// The seam for another way to ask: nothing outside this class knows of AFD. A
// sibling with the same public members, over ProcessSocketNotifications
// (Windows 11, Server 2022), would take its place.
//
// Thread-compatible: IocpSelector's lock guards it.
class RegistrationPolls {
 public:
  // Polls of the registrations come out of `port`, which must outlive this
  // object and be open before any registration is added.
  explicit RegistrationPolls(const CompletionPort& port) : port_(port) {}
  // Waits for the packets of all polls that are pending.
  ~RegistrationPolls();

  RegistrationPolls(const RegistrationPolls&) = delete;
  RegistrationPolls& operator=(const RegistrationPolls&) = delete;

  // Those whose state has to be asked for: none of them has a poll.
  RegistrationQueue<AfdRegistration>& queue() { return queue_; }

  // The registration of `handle`; null where there is none.
  AfdRegistration* Find(Handle handle) const;

  // Registers `handle`, which must not be registered, and queues it. Errors:
  // as those of `Selector::Add`.
  absl::Status Add(Handle handle, Token token, Interest interest,
                   bool is_oneshot);
  // Replaces what was asked for, and queues the registration as soon as it has
  // no poll.
  void Modify(AfdRegistration* registration, Token token, Interest interest,
              bool is_oneshot);
  // Ends the registration, and its life.
  void Remove(AfdRegistration* registration);

  // Whether the SOCKET of `registration` surely names another object by now.
  static bool IsReused(const AfdRegistration& registration);

  // How many polls have a packet to come.
  std::size_t pending() const { return pending_; }

  // How many polls of removed registrations have a packet to come.
  std::size_t removed() const { return removed_; }

  // Asks for the state of `registration`, just taken out of `queue()`. nullopt
  // where there is nothing to report: it has a poll now, or its handle was
  // closed and it is gone.
  std::optional<Event> Ask(AfdRegistration* registration);

  // Whether the first of `queue()`, which must not be empty, has something to
  // report. If so it stays there; if not, it has a poll now or is gone.
  bool IsFirstReady();

  // Takes the packet of a poll. nullopt where it tells nothing that is sure:
  // the registration is queued then, if it is not gone. `is_fresh`: whether the
  // packet came while the caller was waiting for it.
  std::optional<Event> Take(const OVERLAPPED_ENTRY& packet, bool is_fresh);

  // Queues what `Ask` and `Take` have reported, where it is to be reported
  // again: behind all the others, and no sooner than at the end of a `Wait`.
  void EndTurn() { queue_.Append(reported_); }

 private:
  enum class Answer { kPending, kReady, kGone };

  Answer Poll(AfdRegistration* registration, Readiness& readiness);
  Event Report(AfdRegistration* registration, Readiness readiness);
  void Erase(AfdRegistration* registration);
  void Delete(AfdRegistration* registration);

  const CompletionPort& port_;
  PollGroups groups_;
  // No flat_hash_map: what is left of Abseil's where there is no memory to grow
  // cannot even be destroyed.
  std::unordered_map<Handle, AfdRegistration*> table_;
  RegistrationQueue<AfdRegistration> queue_;
  RegistrationQueue<AfdRegistration> reported_;
  std::size_t pending_ = 0;
  std::size_t removed_ = 0;
};

}  // namespace iocp
}  // namespace event_selector

#endif  // BACKENDS_IOCP_REGISTRATION_POLLS_H_
