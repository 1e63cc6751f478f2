#include "examples/common/test_client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>

#include "examples/common/descriptor.h"
#include "gtest/gtest.h"

namespace examples {
namespace {

// Appends what one call receives, at most `limit` bytes; false at the end.
bool ReceiveSome(const Descriptor& client, std::size_t limit,
                 std::string& data) {
  const std::size_t before = data.size();
  data.resize(before + limit);
  ssize_t result;
  do {
    result = recv(client.get(), &data[before], limit, 0);
  } while (result < 0 && errno == EINTR);
  EXPECT_GE(result, 0) << "errno " << errno;
  data.resize(before + (result > 0 ? static_cast<std::size_t>(result) : 0));
  return result > 0;
}

}  // namespace

Descriptor Connect(std::uint16_t port, int receive_buffer) {
  Descriptor client(socket(AF_INET, SOCK_STREAM, 0));
  EXPECT_TRUE(client.valid());
  fcntl(client.get(), F_SETFD, FD_CLOEXEC);
  if (receive_buffer > 0) {
    EXPECT_EQ(setsockopt(client.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer,
                         sizeof(receive_buffer)),
              0);
  }
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const void* const pointer = &address;
  if (connect(client.get(), static_cast<const sockaddr*>(pointer),
              sizeof(address)) != 0) {
    EXPECT_EQ(errno, ECONNREFUSED);
    return Descriptor();
  }
  return client;
}

void Send(const Descriptor& client, const std::string& data) {
  std::size_t sent = 0;
  while (sent < data.size()) {
    const ssize_t result =
        send(client.get(), data.data() + sent, data.size() - sent, 0);
    if (result < 0 && errno == EINTR) continue;
    ASSERT_GT(result, 0) << "errno " << errno;
    sent += static_cast<std::size_t>(result);
  }
}

std::string Receive(const Descriptor& client, std::size_t size) {
  std::string data;
  while (data.size() < size) {
    if (!ReceiveSome(client, size - data.size(), data)) break;
  }
  return data;
}

std::string ReceiveLine(const Descriptor& client) {
  std::string line;
  while (ReceiveSome(client, 1, line)) {
    if (line.back() != '\n') continue;
    line.pop_back();
    break;
  }
  return line;
}

std::string ReceiveAll(const Descriptor& client) {
  constexpr std::size_t kChunk = 16 * 1024;
  std::string data;
  while (ReceiveSome(client, kChunk, data)) {
  }
  return data;
}

bool AtEnd(const Descriptor& client) {
  char byte;
  return recv(client.get(), &byte, 1, 0) == 0;
}

void ShutDownSending(const Descriptor& client) {
  EXPECT_EQ(shutdown(client.get(), SHUT_WR), 0) << "errno " << errno;
}

void ResetOnClose(const Descriptor& client) {
  const linger reset = {1, 0};
  EXPECT_EQ(
      setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)),
      0);
}

}  // namespace examples
