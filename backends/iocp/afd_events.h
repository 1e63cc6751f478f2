#ifndef BACKENDS_IOCP_AFD_EVENTS_H_
#define BACKENDS_IOCP_AFD_EVENTS_H_

#include <cstdint>

#include "event/interest.h"
#include "event/readiness.h"

namespace event_selector {
namespace iocp {

// What a poll of the ancillary function driver (AFD, afd.sys: the kernel's part
// of Winsock) asks for and reports. The names are those of Windows' own sources
// (afd.h), without the prefix AFD_POLL_; docs/portability-windows.md says what
// each means for an event.
namespace afd {
inline constexpr std::uint32_t kReceive = 0x001;           // Data to read.
inline constexpr std::uint32_t kReceiveExpedited = 0x002;  // Out-of-band data.
inline constexpr std::uint32_t kSend = 0x004;              // Room to write.
inline constexpr std::uint32_t kDisconnect = 0x008;   // The peer sent its FIN.
inline constexpr std::uint32_t kAbort = 0x010;        // Reset.
inline constexpr std::uint32_t kLocalClose = 0x020;   // This handle was closed.
inline constexpr std::uint32_t kAccept = 0x080;       // A connection waits.
inline constexpr std::uint32_t kConnectFail = 0x100;  // A connect has failed.
}  // namespace afd

// What to ask for so that all of `interest` is told, and hang-up and error.
//
// Never AFD_POLL_CONNECT (0x40): it holds for as long as a socket is connected,
// and kSend tells of the connection's establishment as well.
constexpr std::uint32_t AfdEvents(Interest interest) {
  std::uint32_t events =
      afd::kDisconnect | afd::kAbort | afd::kLocalClose | afd::kConnectFail;
  if (interest.contains(Interest::kReadable)) {
    events |= afd::kReceive | afd::kAccept;
  }
  if (interest.contains(Interest::kWritable)) events |= afd::kSend;
  if (interest.contains(Interest::kPriority)) events |= afd::kReceiveExpedited;
  return events;
}

// What `events` of a socket tell somebody with `interest`: empty where they are
// no news to him. `is_send_shut_down`: whether the socket's own sending side is
// shut down, which AFD does not report, so that a FIN of the peer's makes a
// hang-up of it.
Readiness ToReadiness(std::uint32_t events, Interest interest,
                      bool is_send_shut_down);

}  // namespace iocp
}  // namespace event_selector

#endif  // BACKENDS_IOCP_AFD_EVENTS_H_
