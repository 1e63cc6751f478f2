#ifndef EXAMPLES_COMMON_CLIENT_H_
#define EXAMPLES_COMMON_CLIENT_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "tests/support/socket.h"

// For tests: clients of a server on loopback. Each function waits for what must
// come, and aborts if it has not come after two minutes, or where the
// connection breaks although it should not.
namespace examples {

// A connection to `port`; not valid if nobody listens there. With
// `receive_buffer`, the kernel holds no more than about so many bytes for it.
event::testing::Socket Connect(std::uint16_t port, int receive_buffer = 0);

// The next connection to a listener of event::testing::MakeListener.
event::testing::Socket Accept(const event::testing::Listener& listener);

// Sends all of `data`.
void Send(const event::testing::Socket& socket, absl::string_view data);

// Receives `size` bytes, or fewer if the stream ends before.
std::string Receive(const event::testing::Socket& socket, std::size_t size);

// Waits for the next byte: is it the end of the stream instead? A reset is not.
bool AtEnd(const event::testing::Socket& socket);

// Receives and forgets until the connection breaks. Whether it was by a reset;
// false at the end of the stream.
bool IsReset(const event::testing::Socket& socket);

// Sends `data` on `out` and receives as many bytes from `in`, at the same time,
// until all have come or the stream has ended; returns them. Receives only
// while nothing can be sent, and at most `slice` bytes at once: the smaller,
// the slower. `shut_down`: shuts `out` down when everything is sent.
std::string SendAndReceive(const event::testing::Socket& out,
                           const event::testing::Socket& in,
                           absl::string_view data, std::size_t slice,
                           bool shut_down);

// Bytes that repeat in no rhythm, so that a piece that is lost, doubled or out
// of place is seen.
std::string Pattern(std::size_t size, std::uint32_t seed = 1);

// Raises this process's limit of open descriptors as far as the system lets it,
// and as root up to `wanted`. Returns the limit.
std::size_t RaiseDescriptorLimit(std::size_t wanted);

}  // namespace examples

#endif  // EXAMPLES_COMMON_CLIENT_H_
