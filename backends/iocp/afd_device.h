#ifndef BACKENDS_IOCP_AFD_DEVICE_H_
#define BACKENDS_IOCP_AFD_DEVICE_H_

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <windows.h>
#include <winternl.h>

#include <cstdint>

#include "absl/status/status.h"
#include "backends/iocp/ntdll.h"
#include "backends/iocp/unique_handle.h"
#include "event/handle.h"

namespace event_selector {
namespace iocp {

// The in- and output of IOCTL_AFD_POLL, for one socket: AFD_POLL_INFO of
// Windows' own sources.
struct AfdPollInfo {
  LARGE_INTEGER timeout;
  ULONG number_of_handles;
  ULONG exclusive;
  HANDLE handle;
  ULONG events;
  NTSTATUS status;
};

// The memory of one poll. The kernel writes to it until the poll's packet has
// been fetched from the port, also after a cancellation: it must neither move
// nor die before.
struct PollRequest {
  IO_STATUS_BLOCK result;
  AfdPollInfo info;
};

// A handle of the ancillary function driver that polls are made over.
// Thread-safe, but for `Open`.
class AfdDevice {
 public:
  enum class Outcome {
    kReady,    // `request.info.events` tells; no packet will come.
    kPending,  // One packet will come.
    kClosed,   // There is no such socket (any more); no packet will come.
    kFailed,   // The system refuses (memory); no packet will come.
  };

  // Opens the driver, so that packets of its polls come out of `port` under the
  // key `key`. Must succeed before anything else is called. Errors:
  // kResourceExhausted, kUnimplemented.
  absl::Status Open(HANDLE port, std::uintptr_t key);

  // To be compared with: a socket of this number is closed.
  Handle number() const { return reinterpret_cast<Handle>(device_.get()); }

  // Asks which of `events` (see afd_events.h) hold for `socket`, and waits for
  // one of them if none does. The poll ends with its first report. `context`,
  // not null, comes back with the packet, as its OVERLAPPED*.
  Outcome Poll(SOCKET socket, std::uint32_t events, PollRequest& request,
               void* context) const;

  // Ends a poll that is pending: its packet comes at once, if it is not under
  // way already.
  void Cancel(PollRequest& request) const;

 private:
  Ntdll ntdll_ = {};
  UniqueHandle device_;
};

}  // namespace iocp
}  // namespace event_selector

#endif  // BACKENDS_IOCP_AFD_DEVICE_H_
