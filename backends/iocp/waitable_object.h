#ifndef BACKENDS_IOCP_WAITABLE_OBJECT_H_
#define BACKENDS_IOCP_WAITABLE_OBJECT_H_

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <windows.h>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "backends/iocp/unique_handle.h"

namespace event_selector {
namespace iocp {

// A handle of our own to the object of `handle`, which the wait functions take:
// so the caller may close his while somebody waits for it, which those
// functions do not allow. `call` is the function that wants it, for errors:
//   kInvalidArgument    `handle` is not open, or has not the right SYNCHRONIZE;
//   kUnimplemented      its object cannot be waited for by any thread (a mutex,
//                       which belongs to the thread that got it), or its state
//                       says nothing of readiness (a file, a pipe, a socket);
//   kResourceExhausted  no handles are left.
absl::StatusOr<UniqueHandle> DuplicateWaitable(absl::string_view call,
                                               HANDLE handle);

}  // namespace iocp
}  // namespace event_selector

#endif  // BACKENDS_IOCP_WAITABLE_OBJECT_H_
