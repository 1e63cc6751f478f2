#include "shout_server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <memory>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/token.h"

namespace {

// TokenMap never gives it to a client.
constexpr event_selector::Token kListener(0);

bool MakeNonBlocking(int fd) {
  return fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0;
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

absl::StatusOr<std::unique_ptr<ShoutServer>> ShoutServer::Listen() {
  // Sending to a client that is gone fails, and does not end the program.
  std::signal(SIGPIPE, SIG_IGN);
  auto selector = event_selector::Selector::Create();
  if (!selector.ok()) return selector.status();

  Descriptor listener(socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  const auto any_address = reinterpret_cast<sockaddr*>(&address);
  if (listener.get() < 0 || !MakeNonBlocking(listener.get()) ||
      bind(listener.get(), any_address, size) != 0 ||
      listen(listener.get(), SOMAXCONN) != 0 ||
      getsockname(listener.get(), any_address, &size) != 0) {
    return absl::ErrnoToStatus(errno, "cannot listen");
  }
  const absl::Status added = (*selector)->Add(
      listener.get(), kListener, event_selector::Interest::kReadable);
  if (!added.ok()) return added;
  return absl::WrapUnique(new ShoutServer(
      std::move(listener), ntohs(address.sin_port), *std::move(selector)));
}

ShoutServer::ShoutServer(Descriptor listener, std::uint16_t port,
                         std::unique_ptr<event_selector::Selector> selector)
    : listener_(std::move(listener)),
      port_(port),
      selector_(std::move(selector)) {}

absl::Status ShoutServer::Run() {
  event_selector::Event buffer[64];
  while (!stopped_.load()) {
    const auto events =
        selector_->Wait(absl::MakeSpan(buffer), absl::InfiniteDuration());
    if (!events.ok()) return events.status();
    for (const event_selector::Event& event : *events) {
      const absl::Status status =
          event.token == kListener ? Accept() : Serve(event.token);
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

void ShoutServer::Stop() {
  stopped_.store(true);
  selector_->Wake().IgnoreError();
}

absl::Status ShoutServer::Accept() {
  Descriptor socket(accept(listener_.get(), nullptr, nullptr));
  // It gave up meanwhile; or there are no descriptors left, and a later event
  // will try again.
  if (socket.get() < 0 || !MakeNonBlocking(socket.get())) {
    return absl::OkStatus();
  }
  const int fd = socket.get();
  const event_selector::Token token = clients_.Insert({std::move(socket), ""});
  return selector_->Add(fd, token, event_selector::Interest::kReadable);
}

absl::Status ShoutServer::Serve(event_selector::Token token) {
  Client* const client = clients_.Find(token);
  if (client == nullptr) return absl::OkStatus();
  const bool more = client->unsent.empty() ? Receive(*client) : true;
  if (!Send(*client) || (!more && client->unsent.empty())) {
    const absl::Status removed = selector_->Remove(client->socket.get());
    clients_.Erase(token);
    return removed;
  }
  // Nothing more is received until all that was received is sent back.
  return selector_->Modify(client->socket.get(), token,
                           client->unsent.empty()
                               ? event_selector::Interest::kReadable
                               : event_selector::Interest::kWritable,
                           event_selector::Mode::kLevel);
}

bool ShoutServer::Receive(Client& client) {
  char bytes[4096];
  const ssize_t size = recv(client.socket.get(), bytes, sizeof(bytes), 0);
  if (size <= 0) return size < 0 && errno == EAGAIN;
  client.unsent = absl::AsciiStrToUpper(
      absl::string_view(bytes, static_cast<std::size_t>(size)));
  return true;
}

bool ShoutServer::Send(Client& client) {
  while (!client.unsent.empty()) {
    const ssize_t size = send(client.socket.get(), client.unsent.data(),
                              client.unsent.size(), 0);
    if (size < 0) return errno == EAGAIN;
    client.unsent.erase(0, static_cast<std::size_t>(size));
  }
  return true;
}
