#include "examples/common/system_error.h"

#if defined(_WIN32)
#include <winsock2.h>
#endif

#include <cerrno>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace examples {

std::string ErrorText(int error) {
  return std::system_category().message(error);
}

#if defined(_WIN32)

int LastError() { return WSAGetLastError(); }

absl::Status SystemError(const char* call) {
  return absl::InternalError(absl::StrCat(call, ": ", ErrorText(LastError())));
}

#else

int LastError() { return errno; }

absl::Status SystemError(const char* call) {
  return absl::ErrnoToStatus(errno, call);
}

#endif

}  // namespace examples
