// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "benchmarks/descriptor.h"
#include "event/handle.h"

namespace benchmarks {
namespace {

// Winsock counts bytes in an int.
int IntSize(std::size_t size) {
  constexpr std::size_t kMost = std::numeric_limits<int>::max();
  return static_cast<int>(std::min(size, kMost));
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ != event_selector::kInvalidHandle) closesocket(fd_);
}

absl::Status ErrnoStatus(absl::string_view call) {
  const int error = WSAGetLastError();
  return absl::InternalError(absl::StrCat(
      call, ": ", std::system_category().message(error), " [", error, "]"));
}

bool WouldBlock() { return WSAGetLastError() == WSAEWOULDBLOCK; }

std::ptrdiff_t Read(const Descriptor& socket, char* room, std::size_t size) {
  return recv(socket.fd(), room, IntSize(size), 0);
}

std::ptrdiff_t Write(const Descriptor& socket, const char* data,
                     std::size_t size) {
  return send(socket.fd(), data, IntSize(size), 0);
}

absl::Status AllowDescriptors(int /*count*/) { return absl::OkStatus(); }

}  // namespace benchmarks
