#ifndef TESTS_SUPPORT_FATAL_H_
#define TESTS_SUPPORT_FATAL_H_

#include "absl/strings/string_view.h"

namespace event_selector {
namespace testing {

// How the helpers in this folder fail: each prints to standard error and aborts
// the process, since a test whose ground has given way has nothing to assert.

// For what is wrong without the system saying so. `what` is a full message.
[[noreturn]] void Die(absl::string_view what);

// For a system call that failed. `call` names it, `error` is its errno (on
// Windows what WSAGetLastError() or GetLastError() returned).
[[noreturn]] void DieOfError(absl::string_view call, int error);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_SUPPORT_FATAL_H_
