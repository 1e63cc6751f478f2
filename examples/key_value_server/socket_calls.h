#ifndef KEY_VALUE_SERVER_SOCKET_CALLS_H_
#define KEY_VALUE_SERVER_SOCKET_CALLS_H_

#include <chrono>
#include <cstddef>

#include "event/handle.h"

// All that the server asks of the system besides its selector, so that a test
// can have something else in its place: socket_calls_posix.cc, or
// socket_calls_simulated.cc. All sockets are non-blocking.
namespace key_value_server {

// What a transfer returns instead of a number of bytes.
inline constexpr std::ptrdiff_t kWouldBlock = -1;
inline constexpr std::ptrdiff_t kBroken = -2;

// Receives at most `size` bytes; 0 at the end of the stream.
std::ptrdiff_t Receive(event_selector::Handle socket, char* data,
                       std::size_t size);
// Sends some of `size` bytes.
std::ptrdiff_t Send(event_selector::Handle socket, const char* data,
                    std::size_t size);
// What to do about kError: takes what is reported, so that it is not reported
// again. Whether the connection goes on: on Linux, the report may be about the
// socket's error queue, which is emptied (guide.md, "The error queue").
bool SurvivesError(event_selector::Handle socket);
// Tells the peer that no more will come.
void FinishSending(event_selector::Handle socket);
void CloseSocket(event_selector::Handle socket);

enum class AcceptError {
  kNone,
  kNoClient,        // The next one will bring an event.
  kOutOfResources,  // A client waits, but there is no descriptor for it.
  kOther,           // Not a listener, say.
};
struct AcceptResult {
  event_selector::Handle client = event_selector::kInvalidHandle;
  AcceptError error = AcceptError::kNone;
};
// Accepts one client.
AcceptResult Accept(event_selector::Handle listener);

// The time by a clock that does not jump, since some moment.
std::chrono::nanoseconds Now();

}  // namespace key_value_server

#endif  // KEY_VALUE_SERVER_SOCKET_CALLS_H_
