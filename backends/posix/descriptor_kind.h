#ifndef BACKENDS_POSIX_DESCRIPTOR_KIND_H_
#define BACKENDS_POSIX_DESCRIPTOR_KIND_H_

#include "absl/strings/string_view.h"

namespace event_selector {
namespace posix {

// What an open descriptor is, in words for a message, as far as fstat(2) tells:
// "a regular file", "a directory", "/dev/null". The text lives for ever.
absl::string_view KindOf(int descriptor);

}  // namespace posix
}  // namespace event_selector

#endif  // BACKENDS_POSIX_DESCRIPTOR_KIND_H_
