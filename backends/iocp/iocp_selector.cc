#include "backends/iocp/iocp_selector.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/iocp/base_socket.h"
#include "backends/iocp/completion_port.h"
#include "backends/iocp/ntdll.h"
#include "backends/iocp/registration.h"
#include "backends/iocp/registration_polls.h"
#include "backends/iocp/waitable_registrations.h"
#include "backends/iocp/windows_status.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/described_error.h"
#include "event/internal/mutex.h"
#include "event/internal/registration_rules.h"
#include "event/internal/selector_errors.h"
#include "event/internal/wait_timeout.h"
#include "event/mode.h"
#include "event/selector_options.h"
#include "event/token.h"

namespace event_selector {
namespace {

using internal::RegistrationCall;
using iocp::AfdRegistration;
using iocp::PacketKey;

constexpr absl::string_view kName = "iocp";
// Packets fetched at once: 2 KiB of stack.
constexpr std::size_t kBatch = 64;
// So many registrations that are removed may wait for their packets before a
// change fetches these itself, where nobody calls Wait.
constexpr std::size_t kMostRemoved = 256;

Capabilities AllCapabilities() {
  Capabilities capabilities;
  capabilities.interests = internal::kEveryInterest;
  capabilities.modes = Mode::kOneshot;
  capabilities.timeout_resolution = absl::Milliseconds(1);
  capabilities.hangup_without_interest = true;
  return capabilities;
}

Handle NumberOf(HANDLE handle) { return reinterpret_cast<Handle>(handle); }

absl::Status WaitError() {
  return iocp::WindowsError(GetLastError(), "GetQueuedCompletionStatusEx");
}

}  // namespace

absl::StatusOr<std::unique_ptr<IocpSelector>> IocpSelector::Create(
    const SelectorOptions& options) {
  auto selector = absl::WrapUnique(new (std::nothrow) IocpSelector(options));
  if (selector == nullptr) return internal::NoMemoryError("a selector");
  if (absl::Status status = iocp::FindNtdll().status(); !status.ok()) {
    return status;
  }
  if (absl::Status status = selector->port_.Open(); !status.ok()) return status;
  return selector;
}

// All selectors of the process, for `From`, which must not ask a pointer to
// another class what it is.
struct IocpSelectorList {
  static IocpSelectorList& Get() {
    // Never destroyed: selectors may outlive static objects.
    alignas(IocpSelectorList) static char storage[sizeof(IocpSelectorList)];
    static IocpSelectorList& list = *new (storage) IocpSelectorList;
    return list;
  }
  internal::Mutex mutex;
  IocpSelector* first ABSL_GUARDED_BY(mutex) = nullptr;
};

IocpSelector::IocpSelector(const SelectorOptions& options)
    : admission_(options.single_waiter) {
  IocpSelectorList& list = IocpSelectorList::Get();
  const internal::MutexLock lock(list.mutex);
  next_ = list.first;
  list.first = this;
}

IocpSelector::~IocpSelector() {
  IocpSelectorList& list = IocpSelectorList::Get();
  const internal::MutexLock lock(list.mutex);
  IocpSelector** place = &list.first;
  while (*place != this) place = &(*place)->next_;
  *place = next_;
}

IocpSelector* IocpSelector::From(Selector& selector) {
  IocpSelectorList& list = IocpSelectorList::Get();
  const internal::MutexLock lock(list.mutex);
  IocpSelector* each = list.first;
  while (each != nullptr && each != &selector) each = each->next_;
  return each;
}

// ---- Changes

absl::Status IocpSelector::Add(Handle handle, Token token, Interest interest,
                               Mode mode) {
  absl::Status status = admission_.CheckRegistration(
      RegistrationCall::kAdd, kName, AllCapabilities(), interest, mode);
  if (!status.ok()) return status;
  const absl::MutexLock lock(&mutex_);
  if (MakeRoomFor(handle)) {
    status = polls_.Add(handle, token, interest, mode.contains(Mode::kOneshot));
  } else {
    status = internal::AlreadyRegisteredError("Add", handle);
  }
  ServeWaiters();
  return status;
}

absl::Status IocpSelector::Modify(Handle handle, Token token, Interest interest,
                                  Mode mode) {
  if (absl::Status status = admission_.CheckRegistration(
          RegistrationCall::kModify, kName, AllCapabilities(), interest, mode);
      !status.ok()) {
    return status;
  }
  const absl::MutexLock lock(&mutex_);
  AfdRegistration* const registration = polls_.Find(handle);
  if (registration == nullptr) return NotRegistered("Modify", handle);
  polls_.Modify(registration, token, interest, mode.contains(Mode::kOneshot));
  ServeWaiters();
  return absl::OkStatus();
}

absl::Status IocpSelector::Remove(Handle handle) {
  if (absl::Status status = admission_.CheckChange(); !status.ok()) {
    return status;
  }
  const absl::MutexLock lock(&mutex_);
  AfdRegistration* const registration = polls_.Find(handle);
  if (registration == nullptr) return NotRegistered("Remove", handle);
  polls_.Remove(registration);
  if (removed() > kMostRemoved) {
    FetchOldBetweenWaits();
    ServeWaiters();
  }
  return absl::OkStatus();
}

std::size_t IocpSelector::removed() const {
  return polls_.removed() + waitables_.removed();
}

absl::Status IocpSelector::NotRegistered(absl::string_view call,
                                         Handle handle) const {
  if (absl::Status status = iocp::BaseSocket(call, handle).status();
      !status.ok()) {
    return status;
  }
  return internal::NotRegisteredError(call, handle);
}

// Whether `handle` is not registered: a registration whose socket was closed,
// and which nobody has noticed yet, is ended.
bool IocpSelector::MakeRoomFor(Handle handle) {
  if (polls_.Find(handle) == nullptr) return true;
  FetchOldBetweenWaits();  // It may be said there that it was closed.
  AfdRegistration* const registration = polls_.Find(handle);
  if (registration == nullptr) return true;
  if (!polls_.IsReused(*registration)) return false;
  polls_.Remove(registration);
  return true;
}

// ---- Changes of objects that can be waited for

absl::Status IocpSelector::AddWaitable(HANDLE handle, Token token, Mode mode) {
  absl::Status status = admission_.CheckRegistration(RegistrationCall::kAdd,
                                                     kName, AllCapabilities(),
                                                     Interest::kReadable, mode);
  if (!status.ok()) return status;
  const absl::MutexLock lock(&mutex_);
  status =
      waitables_.Find(handle) == nullptr
          ? waitables_.Add(handle, token, mode.contains(Mode::kOneshot))
          : internal::AlreadyRegisteredError("AddWaitable", NumberOf(handle));
  ServeWaiters();
  return status;
}

absl::Status IocpSelector::ModifyWaitable(HANDLE handle, Token token,
                                          Mode mode) {
  if (absl::Status status = admission_.CheckRegistration(
          RegistrationCall::kModify, kName, AllCapabilities(),
          Interest::kReadable, mode);
      !status.ok()) {
    return status;
  }
  const absl::MutexLock lock(&mutex_);
  iocp::WaitableRegistration* const registration = waitables_.Find(handle);
  if (registration == nullptr) {
    return internal::NotRegisteredError("ModifyWaitable", NumberOf(handle));
  }
  waitables_.Modify(registration, token, mode.contains(Mode::kOneshot));
  ServeWaiters();
  return absl::OkStatus();
}

absl::Status IocpSelector::RemoveWaitable(HANDLE handle) {
  if (absl::Status status = admission_.CheckChange(); !status.ok()) {
    return status;
  }
  const absl::MutexLock lock(&mutex_);
  iocp::WaitableRegistration* const registration = waitables_.Find(handle);
  if (registration == nullptr) {
    return internal::NotRegisteredError("RemoveWaitable", NumberOf(handle));
  }
  waitables_.Remove(registration);
  if (removed() > kMostRemoved) {
    FetchOldBetweenWaits();
    ServeWaiters();
  }
  return absl::OkStatus();
}

// ---- Waiting

absl::StatusOr<absl::Span<Event>> IocpSelector::Wait(absl::Span<Event> events,
                                                     absl::Duration timeout) {
  if (absl::Status status = admission_.CheckWait(events); !status.ok()) {
    return status;
  }
  Turn turn;
  turn.room = events;
  const absl::MutexLock lock(&mutex_);
  absl::Status status = Run(turn, timeout);
  polls_.EndTurn();
  waitables_.EndTurn();
  ServeWaiters();
  if (!status.ok()) return status;
  return events.first(turn.filled);
}

// `Wait`, but for what its end needs in any case.
absl::Status IocpSelector::Run(Turn& turn, absl::Duration timeout) {
  internal::WaitTimeout remaining(timeout);
  if (absl::Status status = FetchOld(turn); !status.ok()) return status;
  for (;;) {
    // With the lock held: who blocks after a Close that has seen no waiters
    // would never be woken.
    if (!admission_.IsUsable()) return admission_.WhyOver();
    const std::size_t pending = polls_.pending();
    AskQueued(turn);
    if (turn.is_over()) return absl::OkStatus();
    if (remaining.remaining_ns() == 0) {
      // AFD answers at once for a socket that is ready. Where a provider does
      // not, its packet may have come by now, and a Wait with a zero timeout
      // would never see it: the next one takes it for old, and asks again.
      return polls_.pending() > pending
                 ? Block(turn, internal::WaitTimeout::Zero())
                 : absl::OkStatus();
    }
    if (absl::Status status = Block(turn, remaining); !status.ok()) {
      return status;
    }
    remaining.Refresh();
  }
}

// Fetches what came before this call: it may hold no more, so it is asked for
// again.
absl::Status IocpSelector::FetchOld(Turn& turn) {
  const internal::WaitTimeout none = internal::WaitTimeout::Zero();
  std::array<OVERLAPPED_ENTRY, kBatch> packets;
  for (;;) {
    const int count = port_.Fetch(absl::MakeSpan(packets), none);
    if (count < 0) return WaitError();
    const auto size = static_cast<std::size_t>(count);
    for (std::size_t i = 0; i < size; ++i) {
      TakePacket(packets[i], /*is_fresh=*/false, turn);
    }
    if (size < packets.size()) return absl::OkStatus();
  }
}

// As `FetchOld`, for a change: a wake-up is left for a `Wait`.
void IocpSelector::FetchOldBetweenWaits() {
  Turn turn;
  // What failed here fails in the next Wait, too, which says so.
  FetchOld(turn).IgnoreError();
  if (turn.is_woken) waker_.Wake();
}

// Asks for what is queued, in turn, as long as there is room.
void IocpSelector::AskQueued(Turn& turn) {
  are_waitables_first_ = !are_waitables_first_;
  if (are_waitables_first_) AskAll(waitables_, turn);
  AskAll(polls_, turn);
  AskAll(waitables_, turn);
}

template <typename Registrations>
void IocpSelector::AskAll(Registrations& registrations, Turn& turn) {
  while (turn.filled < turn.room.size() && !registrations.queue().empty()) {
    const std::optional<Event> event =
        registrations.Ask(registrations.queue().PopFront());
    if (event.has_value()) turn.Fill(*event);
  }
}

// Waits for packets, without the lock.
absl::Status IocpSelector::Block(Turn& turn,
                                 const internal::WaitTimeout& timeout) {
  std::array<OVERLAPPED_ENTRY, kBatch> packets;
  // No more than can be reported: the rest is for other threads.
  const auto room =
      absl::MakeSpan(packets).first(std::min(packets.size(), turn.room.size()));
  ++waiters_;
  mutex_.Unlock();
  const int count = port_.Fetch(room, timeout);
  const absl::Status error = count < 0 ? WaitError() : absl::OkStatus();
  mutex_.Lock();
  --waiters_;
  for (int i = 0; i < count; ++i) {
    TakePacket(room[static_cast<std::size_t>(i)], /*is_fresh=*/true, turn);
  }
  return admission_.IsUsable() ? error : admission_.WhyOver();
}

void IocpSelector::TakePacket(const OVERLAPPED_ENTRY& packet, bool is_fresh,
                              Turn& turn) {
  switch (static_cast<PacketKey>(packet.lpCompletionKey)) {
    case PacketKey::kPoll: {
      const std::optional<Event> event = polls_.Take(packet, is_fresh);
      if (event.has_value()) turn.Fill(*event);
      break;
    }
    case PacketKey::kWaitable: {
      const std::optional<Event> event = waitables_.Take(packet, is_fresh);
      if (event.has_value()) turn.Fill(*event);
      break;
    }
    case PacketKey::kWakeUp:
      waker_.Acknowledge();
      turn.is_woken = true;
      break;
    case PacketKey::kServe:
      is_serving_ = false;
      break;
    case PacketKey::kClose:
      // One packet goes round: whoever fetches it passes it on, also a change
      // and a Wait that comes too late to block.
      if (waiters_ > 0) port_.Post(PacketKey::kClose);
      break;
  }
}

// Sees to it that what is queued is polled, or reported by another thread that
// waits.
void IocpSelector::ServeWaiters() {
  ServeWaitersFrom(polls_);
  ServeWaitersFrom(waitables_);
}

template <typename Registrations>
void IocpSelector::ServeWaitersFrom(Registrations& registrations) {
  while (waiters_ > 0 && !is_serving_ && !registrations.queue().empty()) {
    if (!registrations.IsFirstReady()) continue;
    // Should the system refuse, the event is left for the next call.
    is_serving_ = port_.Post(PacketKey::kServe);
    if (!is_serving_) return;
  }
}

// ---- Waking and closing

absl::Status IocpSelector::Wake() {
  return admission_.Wake([this] { return waker_.Wake(); });
}

void IocpSelector::Close() {
  const absl::MutexLock lock(&mutex_);
  admission_.Close();
  if (waiters_ > 0) port_.Post(PacketKey::kClose);
}

absl::Status IocpSelector::HandOver() { return admission_.HandOver(); }

absl::StatusOr<Handle> IocpSelector::descriptor() const {
  return admission_.NoDescriptor(kName);
}

absl::string_view IocpSelector::name() const { return kName; }

Capabilities IocpSelector::capabilities() const { return AllCapabilities(); }

}  // namespace event_selector
