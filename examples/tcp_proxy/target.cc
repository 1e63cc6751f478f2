#include "examples/tcp_proxy/target.h"

#if defined(_WIN32)
// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <ws2tcpip.h>
#else
#include <netdb.h>
#include <sys/socket.h>
#endif

#include <cerrno>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "event/handle.h"
#include "examples/common/descriptor.h"
#include "examples/common/socket_calls.h"
#include "examples/common/system_error.h"

namespace examples {
namespace proxy {
namespace {

bool IsInProgress(int error) {
#if defined(_WIN32)
  return error == WSAEWOULDBLOCK;
#else
  // An interrupted connect goes on by itself.
  return error == EINPROGRESS || error == EINTR;
#endif
}

// The two parts of "host:port" or "[host]:port"; the host is empty where `name`
// is neither.
std::pair<std::string, std::string> Split(absl::string_view name) {
  const std::size_t colon = name.rfind(':');
  if (colon == absl::string_view::npos) return {};
  absl::string_view host = name.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != absl::string_view::npos) {
    return {};  // "::1:80" might as well be an address without a port.
  }
  return {std::string(host), std::string(name.substr(colon + 1))};
}

}  // namespace

void Target::Free::operator()(addrinfo* list) const { freeaddrinfo(list); }

absl::StatusOr<Target> Target::Resolve(absl::string_view name) {
  const auto [host, port] = Split(name);
  if (host.empty() || port.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", name, "\" is not of the form host:port"));
  }
  // getaddrinfo(3) takes larger numbers, too, and drops the bits that are too
  // many. (Names of services are its business.)
  int number = 0;
  if (port.find_first_not_of("0123456789") == std::string::npos &&
      (!absl::SimpleAtoi(port, &number) || number < 1 || number > 65535)) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": a port is a number from 1 to 65535"));
  }
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  if (error != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": ", gai_strerror(error)));
  }
  List list(found);
  std::vector<const addrinfo*> addresses;
  for (; found != nullptr; found = found->ai_next) addresses.push_back(found);
  return Target(std::move(list), std::move(addresses));
}

absl::StatusOr<Descriptor> Target::MakeSocket(std::size_t address) const {
  const addrinfo& info = *addresses_[address];
  Descriptor socket(::socket(info.ai_family, info.ai_socktype, 0));
  if (!socket.valid()) return SystemError("socket");
  if (!PrepareSocket(socket.get())) return SystemError("O_NONBLOCK");
  SendAtOnce(socket.get());
  return socket;
}

bool Target::StartConnect(event_selector::Handle socket,
                          std::size_t address) const {
  const addrinfo& info = *addresses_[address];
  return connect(socket, info.ai_addr,
                 static_cast<socklen_t>(info.ai_addrlen)) == 0 ||
         IsInProgress(LastError());
}

}  // namespace proxy
}  // namespace examples
