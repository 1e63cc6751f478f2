#ifndef TESTS_SOAK_PROCESS_USAGE_H_
#define TESTS_SOAK_PROCESS_USAGE_H_

#include <cstddef>
#include <optional>

#include "absl/base/config.h"

namespace event_selector {
namespace soak {

// What this process holds of the system's resources. A figure that the system
// does not give is absent, and so are those of memory in a build with
// `kHasSanitizersMemory`.
struct ProcessUsage {
  std::optional<std::size_t> descriptors;  // Windows: of sockets and ports.
  std::optional<std::size_t> resident_bytes;
  // Blocks that malloc has given out and not got back.
  std::optional<std::size_t> heap_bytes;
};

// Whether the memory is a sanitizer's, which keeps freed blocks for a while and
// notes on all of them.
#if defined(ABSL_HAVE_ADDRESS_SANITIZER) || \
    defined(ABSL_HAVE_THREAD_SANITIZER) || defined(ABSL_HAVE_MEMORY_SANITIZER)
inline constexpr bool kHasSanitizersMemory = true;
#else
inline constexpr bool kHasSanitizersMemory = false;
#endif

// Meaningful while no other thread opens, closes or allocates anything.
ProcessUsage MeasureProcess();

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_PROCESS_USAGE_H_
