#ifndef EXAMPLES_COMMON_SOCKET_CALLS_H_
#define EXAMPLES_COMMON_SOCKET_CALLS_H_

#include <cstddef>

#include "event/handle.h"

// What the examples ask of sockets, where POSIX and Windows differ:
// socket_calls_<system>.cc.
namespace examples {

void CloseSocket(event_selector::Handle socket);

// Makes `socket` non-blocking, so that no call on it keeps the loop from the
// others, and keeps it from child processes. Whether that succeeded.
bool PrepareSocket(event_selector::Handle socket);

// What is sent leaves at once, and does not wait for more to join it.
void SendAtOnce(event_selector::Handle socket);

// What a transfer returns instead of a number of bytes.
inline constexpr std::ptrdiff_t kWouldBlock = -1;
inline constexpr std::ptrdiff_t kBroken = -2;

// Receives at most `size` bytes into `data`; 0 at the end of the stream.
std::ptrdiff_t Receive(event_selector::Handle socket, char* data,
                       std::size_t size);

// Sends some of the `size` bytes of `data`.
std::ptrdiff_t Send(event_selector::Handle socket, const char* data,
                    std::size_t size);

// Takes the error that the system has kept for `socket`, such as the reason why
// a connection was not made; 0 if there is none.
int TakeError(event_selector::Handle socket);

// What to do about kError: takes what is reported, so that it is not reported
// again. Whether the connection goes on. It does if the report was about the
// socket's error queue (Linux), which holds no errors of the connection, but
// the ends of zero-copy sends, times of sending, and with IP_RECVERR what the
// network said. All of it is thrown away here; who asked for it reads it
// (recvmsg(2), MSG_ERRQUEUE).
bool SurvivesError(event_selector::Handle socket);

// Has the peer see a reset, instead of the end of the stream, when `socket` is
// closed. What has not arrived by then is dropped.
void ResetWhenClosed(event_selector::Handle socket);

// Tells the peer that no more will come.
void FinishSending(event_selector::Handle socket);

}  // namespace examples

#endif  // EXAMPLES_COMMON_SOCKET_CALLS_H_
