#ifndef BACKENDS_POSIX_DESCRIPTOR_KIND_H_
#define BACKENDS_POSIX_DESCRIPTOR_KIND_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "event/handle.h"

namespace event_selector {
namespace posix {

// What an open descriptor is, in words for a message, as far as fstat(2) tells:
// "a regular file", "a directory", "/dev/null", "a path (O_PATH)". The text
// lives for ever.
absl::string_view KindOf(int descriptor);

// For a call on `handle` that the system refused with EBADF. Errors:
//   kInvalidArgument  it is not open;
//   kUnimplemented    it is, but as a name only (O_PATH of open(2), Linux and
//                     FreeBSD): such a descriptor is not to be watched.
absl::Status BadDescriptorError(absl::string_view call, Handle handle);

}  // namespace posix
}  // namespace event_selector

#endif  // BACKENDS_POSIX_DESCRIPTOR_KIND_H_
