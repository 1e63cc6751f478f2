#include "backends/iocp/waitable_registrations.h"

#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "backends/iocp/completion_port.h"
#include "backends/iocp/unique_handle.h"
#include "backends/iocp/waitable_object.h"
#include "backends/iocp/windows_status.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/internal/described_error.h"
#include "event/readiness.h"
#include "event/token.h"

namespace event_selector {
namespace iocp {
namespace {

// In a thread of the system's pool.
void CALLBACK PostPacket(void* context, BOOLEAN /*timed_out*/) {
  WaitableRegistration& registration =
      *static_cast<WaitableRegistration*>(context);
  const CompletionPort& port = *registration.port;
  // Before the packet, with which the registration may be gone.
  registration.is_posted.store(true, std::memory_order_release);
  // The system refuses for want of memory only. What the wait has taken would
  // be lost.
  while (!port.Post(PacketKey::kWaitable, context)) Sleep(1);
}

}  // namespace

WaitableRegistrations::~WaitableRegistrations() {
  while (!table_.empty()) Remove(table_.begin()->second);
  while (!removed_queue_.empty()) delete removed_queue_.PopFront();
}

WaitableRegistration* WaitableRegistrations::Find(HANDLE handle) const {
  const auto found = table_.find(handle);
  return found == table_.end() ? nullptr : found->second;
}

absl::Status WaitableRegistrations::Add(HANDLE handle, Token token,
                                        bool is_oneshot) {
  absl::StatusOr<UniqueHandle> object =
      DuplicateWaitable("AddWaitable", handle);
  if (!object.ok()) return object.status();
  std::unique_ptr<WaitableRegistration> registration;
  if (!internal::HasMemoryFor([&] {
        registration = std::make_unique<WaitableRegistration>();
        table_.emplace(handle, registration.get());
      })) {
    return internal::NoMemoryError("a registration");
  }
  // Shows whether it can be waited for at all.
  const DWORD state = WaitForSingleObject(object->get(), 0);
  if (state == WAIT_FAILED) {
    const DWORD error = GetLastError();
    table_.erase(handle);
    if (error != ERROR_ACCESS_DENIED && error != ERROR_INVALID_HANDLE) {
      return WindowsError(error, "WaitForSingleObject");
    }
    return internal::CallError(
        absl::StatusCode::kInvalidArgument, "AddWaitable",
        reinterpret_cast<Handle>(handle),
        error == ERROR_ACCESS_DENIED
            ? "it has not the right SYNCHRONIZE, which is needed to wait for it"
            : "its object is none that can be waited for");
  }
  registration->handle = handle;
  registration->object = *std::move(object);
  registration->token = token;
  registration->is_oneshot = is_oneshot;
  if (state == WAIT_OBJECT_0) registration->readiness = Readiness::kReadable;
  registration->port = &port_;
  queue_.PushBack(registration.release());
  return absl::OkStatus();
}

void WaitableRegistrations::Modify(WaitableRegistration* registration,
                                   Token token, bool is_oneshot) {
  registration->token = token;
  registration->is_oneshot = is_oneshot;
  if (registration->wait != nullptr) return;
  queue_.PushBack(registration);
}

void WaitableRegistrations::Remove(WaitableRegistration* registration) {
  table_.erase(registration->handle);
  // At most one of them has it.
  queue_.Remove(registration);
  if (registration->wait != nullptr) {
    // Returns when the callback has: it takes no lock.
    UnregisterWaitEx(registration->wait, INVALID_HANDLE_VALUE);
    registration->wait = nullptr;
    if (registration->is_posted.load(std::memory_order_acquire)) {
      registration->is_removed = true;
      removed_queue_.PushBack(registration);
      ++removed_;
      return;
    }
  }
  delete registration;
}

std::optional<Event> WaitableRegistrations::Ask(
    WaitableRegistration* registration) {
  return BeginWait(registration) ? std::nullopt
                                 : std::make_optional(Report(registration));
}

bool WaitableRegistrations::IsFirstReady() {
  WaitableRegistration* const first = queue_.front();
  if (!BeginWait(first)) return true;
  queue_.Remove(first);
  return false;
}

// False if there is something to report.
bool WaitableRegistrations::BeginWait(WaitableRegistration* registration) {
  if (!registration->readiness.empty()) return false;
  const HANDLE object = registration->object.get();
  if (const DWORD state = WaitForSingleObject(object, 0);
      state != WAIT_TIMEOUT) {
    registration->readiness =
        state == WAIT_OBJECT_0 ? Readiness::kReadable : Readiness::kError;
    return false;
  }
  registration->is_posted.store(false, std::memory_order_relaxed);
  if (RegisterWaitForSingleObject(
          &registration->wait, object, &PostPacket, registration, INFINITE,
          WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD) != 0) {
    return true;
  }
  registration->wait = nullptr;
  registration->readiness = Readiness::kError;
  return false;
}

std::optional<Event> WaitableRegistrations::Take(const OVERLAPPED_ENTRY& packet,
                                                 bool has_room) {
  auto* const registration = static_cast<WaitableRegistration*>(
      static_cast<void*>(packet.lpOverlapped));
  if (registration->is_removed) {
    removed_queue_.Remove(registration);
    --removed_;
    delete registration;
    return std::nullopt;
  }
  // The callback has done its work, and may still be on its way out.
  UnregisterWaitEx(registration->wait, INVALID_HANDLE_VALUE);
  registration->wait = nullptr;
  registration->readiness = Readiness::kReadable;
  if (has_room) return Report(registration);
  queue_.PushBack(registration);
  return std::nullopt;
}

Event WaitableRegistrations::Report(WaitableRegistration* registration) {
  const Readiness readiness = registration->readiness;
  registration->readiness = Readiness();
  if (!registration->is_oneshot) reported_.PushBack(registration);
  return {registration->token, readiness};
}

}  // namespace iocp
}  // namespace event_selector
