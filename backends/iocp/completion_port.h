#ifndef BACKENDS_IOCP_COMPLETION_PORT_H_
#define BACKENDS_IOCP_COMPLETION_PORT_H_

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <windows.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "backends/iocp/unique_handle.h"
#include "event/internal/wait_timeout.h"

namespace event_selector {
namespace iocp {

// What a packet of the port is about: its completion key.
enum class PacketKey : std::uintptr_t {
  kPoll = 0,  // A poll has ended: the OVERLAPPED* is its context.
  kWakeUp,    // `Selector::Wake`.
  kServe,     // A waiter is to look after what is ready: see IocpSelector.
  kClose,     // `Selector::Close`.
  kWaitable,  // A wait for an object is satisfied: the OVERLAPPED* is its
              // context.
};

// A completion port. Thread-safe, but for `Open`.
class CompletionPort {
 public:
  // Must succeed before anything else is called. Errors: kResourceExhausted.
  absl::Status Open();

  HANDLE handle() const { return port_.get(); }

  // Fetches up to `room.size()` packets, waiting for the first of them as long
  // as `timeout` says. Returns how many; 0 when the time has passed, or at
  // once, or a moment early: the caller looks at the clock. -1 if the system
  // refuses: GetLastError() says why.
  int Fetch(absl::Span<OVERLAPPED_ENTRY> room,
            const internal::WaitTimeout& timeout) const;

  // Puts a packet into the port, with `context` as its OVERLAPPED*. False if
  // the system refuses (memory). Async-signal-safe.
  bool Post(PacketKey key, void* context = nullptr) const;

 private:
  UniqueHandle port_;
};

}  // namespace iocp
}  // namespace event_selector

#endif  // BACKENDS_IOCP_COMPLETION_PORT_H_
