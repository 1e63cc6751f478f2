#include "tests/support/sending_client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

#if defined(MSG_NOSIGNAL)
constexpr int kNoSignal = MSG_NOSIGNAL;
#else
constexpr int kNoSignal = 0;  // The socket has SO_NOSIGPIPE.
#endif

bool IsHarmless(int error) { return error == EAGAIN || error == EINTR; }

}  // namespace

SendingClient::SendingClient(Socket socket)
    : socket_(std::move(socket)), thread_([this] { Run(); }) {}

SendingClient::~SendingClient() { Join(); }

SendingClient::Outcome SendingClient::Join() {
  if (thread_.joinable()) thread_.join();
  return outcome_;
}

void SendingClient::Run() {
  std::vector<char> room(64 * 1024);
  const int fd = socket_.handle();
  while (!outcome_.saw_end && outcome_.error == 0) {
    pollfd watched = {fd, POLLIN | POLLOUT, 0};
    poll(&watched, 1, -1);
    const ssize_t received = recv(fd, room.data(), room.size(), 0);
    if (received > 0) outcome_.received += static_cast<std::size_t>(received);
    if (received == 0) outcome_.saw_end = true;
    if (received < 0 && !IsHarmless(errno)) outcome_.error = errno;
    if (received <= 0 && !outcome_.saw_end && outcome_.error == 0 &&
        send(fd, room.data(), room.size(), kNoSignal) < 0 &&
        !IsHarmless(errno)) {
      outcome_.error = errno;
    }
  }
  socket_.Close();
}

}  // namespace testing
}  // namespace event_selector
