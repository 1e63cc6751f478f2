#include "benchmarks/workloads/heap.h"

#include <malloc.h>
#include <stdlib.h>  // Defines __GLIBC_PREREQ.

#include <cstdint>
#include <optional>

#include "absl/base/config.h"

namespace benchmarks {

std::optional<std::int64_t> HeapBytesInUse() {
#if defined(__GLIBC__) && !defined(ABSL_HAVE_ADDRESS_SANITIZER) && \
    !defined(ABSL_HAVE_MEMORY_SANITIZER) &&                        \
    !defined(ABSL_HAVE_THREAD_SANITIZER)
#if __GLIBC_PREREQ(2, 33)
  const struct mallinfo2 info = mallinfo2();
  return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
#endif
#endif
  return std::nullopt;
}

}  // namespace benchmarks
