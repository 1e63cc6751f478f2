#include "backends/iocp/registration_polls.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/iocp/afd_device.h"
#include "backends/iocp/afd_events.h"
#include "backends/iocp/base_socket.h"
#include "backends/iocp/completion_port.h"
#include "backends/iocp/ntdll.h"
#include "backends/iocp/poll_groups.h"
#include "backends/iocp/registration.h"
#include "backends/iocp/socket_identity.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/described_error.h"
#include "event/internal/wait_timeout.h"
#include "event/readiness.h"
#include "event/token.h"

namespace event_selector {
namespace iocp {
namespace {

// Whether `socket`, of a stream whose peer has sent its FIN, was shut down for
// sending by its owner. AFD does not tell, so nothing is sent: a send() of no
// bytes does nothing but check (its documentation: WSAESHUTDOWN). Keeps the
// thread's last error.
bool IsSendShutDown(SOCKET socket) {
  const int last_error = WSAGetLastError();
  const bool is_shut_down = send(socket, "", 0, 0) == SOCKET_ERROR &&
                            WSAGetLastError() == WSAESHUTDOWN;
  WSASetLastError(last_error);
  return is_shut_down;
}

std::uint32_t EventsFor(const AfdRegistration& registration) {
  const std::uint32_t events = AfdEvents(registration.interest);
  return registration.ignores_disconnect ? events & ~afd::kDisconnect : events;
}

// What the last poll of `registration` reported.
std::uint32_t ReportedEvents(const AfdRegistration& registration) {
  const PollRequest& request = registration.request;
  const bool has_report = request.result.Status == nt::kSuccess &&
                          request.info.number_of_handles > 0;
  return has_report ? static_cast<std::uint32_t>(request.info.events) : 0;
}

// What `events` of a poll mean for `registration`: empty for no news.
Readiness Judge(const AfdRegistration& registration, std::uint32_t events) {
  if (registration.ignores_disconnect) events |= afd::kDisconnect;
  const bool is_send_shut_down = (events & afd::kDisconnect) != 0 &&
                                 IsSendShutDown(registration.base_socket);
  return ToReadiness(events, registration.interest, is_send_shut_down);
}

}  // namespace

RegistrationPolls::~RegistrationPolls() {
  while (!table_.empty()) Remove(table_.begin()->second);
  const internal::WaitTimeout forever{absl::InfiniteDuration()};
  std::array<OVERLAPPED_ENTRY, 64> packets;
  while (pending_ > 0) {
    const int count = port_.Fetch(absl::MakeSpan(packets), forever);
    // Rather leave memory behind than let the kernel write into what is freed.
    if (count < 0) return;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      if (static_cast<PacketKey>(packets[i].lpCompletionKey) ==
          PacketKey::kPoll) {
        Take(packets[i], false);
      }
    }
  }
}

AfdRegistration* RegistrationPolls::Find(Handle handle) const {
  const auto found = table_.find(handle);
  return found == table_.end() ? nullptr : found->second;
}

absl::Status RegistrationPolls::Add(Handle handle, Token token,
                                    Interest interest, bool is_oneshot) {
  const absl::StatusOr<SOCKET> base = BaseSocket("Add", handle);
  if (!base.ok()) return base.status();
  // All that `Add` needs, before there is anything to undo.
  std::unique_ptr<AfdRegistration> registration;
  if (!internal::HasMemoryFor([&] {
        registration = std::make_unique<AfdRegistration>();
        table_.emplace(handle, registration.get());
      })) {
    return internal::NoMemoryError("a registration");
  }
  const absl::StatusOr<PollGroup*> group = groups_.Join(port_.handle());
  if (!group.ok()) {
    table_.erase(handle);
    return group.status();
  }
  // A device may get the number of a socket that was closed without Remove.
  // Wine's server dies of a poll of it (server/fd.c, set_fd_events).
  if (AfdRegistration* const closed = Find((*group)->device.number())) {
    Remove(closed);
  }
  registration->handle = handle;
  registration->token = token;
  registration->interest = interest;
  registration->is_oneshot = is_oneshot;
  registration->base_socket = *base;
  registration->identity = SocketIdentity::Of(handle);
  registration->group = *group;
  queue_.PushBack(registration.release());
  return absl::OkStatus();
}

void RegistrationPolls::Modify(AfdRegistration* registration, Token token,
                               Interest interest, bool is_oneshot) {
  registration->token = token;
  registration->interest = interest;
  registration->is_oneshot = is_oneshot;
  registration->is_armed = true;
  registration->ignores_disconnect = false;
  if (registration->state == AfdRegistration::State::kIdle) {
    queue_.PushBack(registration);
    return;
  }
  registration->is_outdated = true;
  const std::uint32_t missing =
      AfdEvents(interest) & ~registration->polled_events;
  if (missing != 0 && registration->state == AfdRegistration::State::kPolled) {
    registration->state = AfdRegistration::State::kCancelled;
    registration->group->device.Cancel(registration->request);
  }
}

void RegistrationPolls::Remove(AfdRegistration* registration) {
  if (registration->state == AfdRegistration::State::kIdle) {
    Erase(registration);
    return;
  }
  table_.erase(registration->handle);
  registration->is_removed = true;
  ++removed_;
  if (registration->state == AfdRegistration::State::kPolled) {
    registration->state = AfdRegistration::State::kCancelled;
    registration->group->device.Cancel(registration->request);
  }
}

bool RegistrationPolls::IsReused(const AfdRegistration& registration) {
  return registration.identity.IsSurelyNot(
      SocketIdentity::Of(registration.handle));
}

std::optional<Event> RegistrationPolls::Ask(AfdRegistration* registration) {
  Readiness readiness;
  if (Poll(registration, readiness) != Answer::kReady) return std::nullopt;
  return Report(registration, readiness);
}

bool RegistrationPolls::IsFirstReady() {
  AfdRegistration* const first = queue_.front();
  Readiness readiness;
  const Answer answer = Poll(first, readiness);
  if (answer == Answer::kPending) queue_.Remove(first);
  return answer == Answer::kReady;
}

RegistrationPolls::Answer RegistrationPolls::Poll(AfdRegistration* registration,
                                                  Readiness& readiness) {
  for (;;) {
    const std::uint32_t events = EventsFor(*registration);
    switch (registration->group->device.Poll(registration->base_socket, events,
                                             registration->request,
                                             registration)) {
      case AfdDevice::Outcome::kPending:
        registration->state = AfdRegistration::State::kPolled;
        registration->polled_events = events;
        registration->is_outdated = false;
        ++pending_;
        return Answer::kPending;
      case AfdDevice::Outcome::kClosed:
        Erase(registration);
        return Answer::kGone;
      case AfdDevice::Outcome::kFailed:
        readiness = Readiness::kError;
        return Answer::kReady;
      case AfdDevice::Outcome::kReady:
        break;
    }
    const std::uint32_t reported = ReportedEvents(*registration);
    if ((reported & afd::kLocalClose) != 0) {
      Erase(registration);
      return Answer::kGone;
    }
    readiness = Judge(*registration, reported);
    if (!readiness.empty()) return Answer::kReady;
    if (registration->ignores_disconnect) {
      // An answer to what was not asked: not to be repeated for ever.
      readiness = Readiness::kError;
      return Answer::kReady;
    }
    registration->ignores_disconnect = true;
  }
}

std::optional<Event> RegistrationPolls::Take(const OVERLAPPED_ENTRY& packet,
                                             bool is_fresh) {
  // What `AfdDevice::Poll` was given as the context.
  auto* const registration =
      static_cast<AfdRegistration*>(static_cast<void*>(packet.lpOverlapped));
  const bool is_sure = is_fresh && !registration->is_outdated &&
                       registration->state == AfdRegistration::State::kPolled;
  registration->state = AfdRegistration::State::kIdle;
  --pending_;
  if (registration->is_removed) {
    --removed_;
    Delete(registration);
    return std::nullopt;
  }
  const std::uint32_t events = ReportedEvents(*registration);
  if ((events & afd::kLocalClose) != 0) {
    Erase(registration);
    return std::nullopt;
  }
  Readiness readiness;
  if (is_sure) {
    // A warning says nothing of the socket: as a poll that has failed.
    readiness = nt::IsWarning(registration->request.result.Status)
                    ? Readiness::kError
                    : Judge(*registration, events);
  }
  if (!readiness.empty()) return Report(registration, readiness);
  queue_.PushBack(registration);
  return std::nullopt;
}

Event RegistrationPolls::Report(AfdRegistration* registration,
                                Readiness readiness) {
  // A parked handle's hang-up is told once.
  registration->is_armed =
      !registration->is_oneshot && !registration->interest.empty();
  if (registration->is_armed) reported_.PushBack(registration);
  return {registration->token, readiness};
}

// Ends a registration that has no poll.
void RegistrationPolls::Erase(AfdRegistration* registration) {
  // The handle may name another registration by now (wepoll#34).
  const auto found = table_.find(registration->handle);
  if (found != table_.end() && found->second == registration) {
    table_.erase(found);
  }
  queue_.Remove(registration);
  Delete(registration);
}

void RegistrationPolls::Delete(AfdRegistration* registration) {
  groups_.Leave(registration->group);
  delete registration;
}

}  // namespace iocp
}  // namespace event_selector
