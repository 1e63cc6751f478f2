#ifndef EXAMPLES_COMMON_TEST_CLIENT_H_
#define EXAMPLES_COMMON_TEST_CLIENT_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "examples/common/descriptor.h"

// For tests: the client's side of a connection, with calls that wait as long as
// it takes. What fails is a failure of the test that calls. SIGPIPE must be
// ignored.
namespace examples {

// Connects to `port` of 127.0.0.1; not valid if nobody listens there. The
// socket is blocking. A small `receive_buffer` (bytes; 0: the system's) makes
// the server's sending stop early.
Descriptor Connect(std::uint16_t port, int receive_buffer = 0);

// Sends all of `data`.
void Send(const Descriptor& client, const std::string& data);

// Receives `size` bytes, or fewer if the stream ends before.
std::string Receive(const Descriptor& client, std::size_t size);

// Receives up to the end of a line, and returns it without that. Shorter if the
// stream ends before.
std::string ReceiveLine(const Descriptor& client);

// Receives up to the end of the stream.
std::string ReceiveAll(const Descriptor& client);

// Waits for something to receive. Whether it was the end of the stream.
bool AtEnd(const Descriptor& client);

// Tells the server that no more will come.
void ShutDownSending(const Descriptor& client);

// Makes the end of `client` a reset.
void ResetOnClose(const Descriptor& client);

}  // namespace examples

#endif  // EXAMPLES_COMMON_TEST_CLIENT_H_
