#ifndef EXAMPLES_COMMON_SYSTEM_ERROR_H_
#define EXAMPLES_COMMON_SYSTEM_ERROR_H_

#include <string>

#include "absl/status/status.h"

// The errors of socket calls: errno, on Windows what WSAGetLastError returns.
namespace examples {

// Of the last call that failed in this thread.
int LastError();

// "Too many open files"
std::string ErrorText(int error);

// The last error, of `call`.
absl::Status SystemError(const char* call);

}  // namespace examples

#endif  // EXAMPLES_COMMON_SYSTEM_ERROR_H_
