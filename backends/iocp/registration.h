#ifndef BACKENDS_IOCP_REGISTRATION_H_
#define BACKENDS_IOCP_REGISTRATION_H_

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>

#include <cstdint>

#include "backends/iocp/afd_device.h"
#include "backends/iocp/poll_groups.h"
#include "backends/iocp/socket_identity.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/token.h"

namespace event_selector {
namespace iocp {

// One registered socket, and its poll. Data only: `RegistrationPolls` moves it
// through its states. Never moved in memory: the kernel writes into `request`.
//
//              Poll: pending              packet
//   [ idle ] ----------------> [ polled ] ------> [ idle ]
//      ^                           | Cancel           ^
//      |  Poll: ready, failed      v        packet    |
//      '--------------------- [ cancelled ] ----------'
struct AfdRegistration {
  enum class State { kIdle, kPolled, kCancelled };

  // ---- What the caller asked for.
  Handle handle = kInvalidHandle;
  Token token;
  Interest interest;
  bool is_oneshot = false;

  // ---- What came of it.
  // Something is still to be reported: not a oneshot registration that is
  // spent, nor a parked one whose hang-up was told.
  bool is_armed = true;
  // The peer's FIN is known, and no news: it is not asked for again, or the
  // poll would always be ready.
  bool ignores_disconnect = false;
  // No longer registered: lives for its packet only.
  bool is_removed = false;

  // ---- Its poll.
  State state = State::kIdle;
  // What the pending poll was asked for.
  std::uint32_t polled_events = 0;
  // The registration was modified since the pending poll was made: what that
  // reports may hold no more.
  bool is_outdated = false;
  SOCKET base_socket = INVALID_SOCKET;
  SocketIdentity identity;
  PollGroup* group = nullptr;
  PollRequest request = {};

  // ---- The queue of those that are to be polled: RegistrationQueue.
  AfdRegistration* next = nullptr;
  AfdRegistration* previous = nullptr;
  bool is_queued = false;
};

}  // namespace iocp
}  // namespace event_selector

#endif  // BACKENDS_IOCP_REGISTRATION_H_
