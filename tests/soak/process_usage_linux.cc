#include <malloc.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <optional>

#include "tests/soak/process_usage.h"
#include "tests/support/pipe.h"

namespace event_selector {
namespace soak {
namespace {

// The second number of /proc/self/statm, in pages: see proc_pid_statm(5).
std::optional<std::size_t> ResidentBytes() {
  std::FILE* const file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return std::nullopt;
  unsigned long long total = 0;
  unsigned long long resident = 0;
  const int count = std::fscanf(file, "%llu %llu", &total, &resident);
  std::fclose(file);
  if (count != 2) return std::nullopt;
  return static_cast<std::size_t>(resident) *
         static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::optional<std::size_t> HeapBytes() {
#if defined(__GLIBC__) && \
    (__GLIBC__ > 2 || (__GLIBC__ == 2 && __GLIBC_MINOR__ >= 33))
  // All arenas' blocks in use, and those that have a mapping of their own.
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
#else
  return std::nullopt;
#endif
}

}  // namespace

ProcessUsage MeasureProcess() {
  ProcessUsage usage;
  usage.descriptors = testing::OpenDescriptors().size();
  if (kHasSanitizersMemory) return usage;
  usage.resident_bytes = ResidentBytes();
  usage.heap_bytes = HeapBytes();
  return usage;
}

}  // namespace soak
}  // namespace event_selector
