#ifndef EXAMPLES_COMMON_TEST_CLIENT_H_
#define EXAMPLES_COMMON_TEST_CLIENT_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "examples/common/descriptor.h"
#include "tests/support/socket.h"

// For tests: the client's side of a connection over loopback (or the other side
// of a proxy). Each function waits for what must come, and aborts the test if
// it has not come after two minutes, or if the connection breaks although it
// should not. The sockets are non-blocking all the same, for the functions of
// tests/support/socket.h.
namespace examples {

// Connects to `port`; not valid if nobody listens there. A small
// `receive_buffer` (bytes; 0: the system's) makes the server's sending stop
// early.
Descriptor Connect(std::uint16_t port, int receive_buffer = 0);

// The next connection to a listener of event_selector::testing::MakeListener.
Descriptor Accept(const event_selector::testing::Listener& listener);

// Sends all of `data`.
void Send(const Descriptor& socket, absl::string_view data);

// Receives `size` bytes, or fewer if the stream ends before.
std::string Receive(const Descriptor& socket, std::size_t size);

// Receives up to the end of a line, and returns it without that. Shorter if the
// stream ends before.
std::string ReceiveLine(const Descriptor& socket);

// Receives up to the end of the stream.
std::string ReceiveAll(const Descriptor& socket);

// Waits for something to receive. Whether it was the end of the stream; a reset
// is not.
bool AtEnd(const Descriptor& socket);

// Receives and forgets until the connection breaks. Whether it was by a reset;
// false at the end of the stream.
bool IsReset(const Descriptor& socket);

// Tells the peer that no more will come.
void ShutDownSending(const Descriptor& socket);

// Makes the end of `socket` a reset.
void ResetOnClose(const Descriptor& socket);

// Sends `data` on `out` and receives as many bytes from `in`, at the same time,
// until all have come or the stream has ended; returns them. Receives only
// while nothing can be sent, and at most `slice` bytes at once: the smaller,
// the slower. `shut_down`: shuts `out` down when everything is sent.
std::string SendAndReceive(const Descriptor& out, const Descriptor& in,
                           absl::string_view data, std::size_t slice,
                           bool shut_down);

// Bytes that repeat in no rhythm, so that a piece that is lost, doubled or out
// of place is seen.
std::string Pattern(std::size_t size, std::uint32_t seed = 1);

// Raises this process's limit of open descriptors as far as the system lets it,
// and as root up to `wanted`. Returns the limit.
std::size_t RaiseDescriptorLimit(std::size_t wanted);

}  // namespace examples

#endif  // EXAMPLES_COMMON_TEST_CLIENT_H_
