#include <windows.h>
// Needs windows.h before it.
#include <psapi.h>

#include "tests/soak/process_usage.h"

namespace event {
namespace soak {

ProcessUsage MeasureProcess() {
  ProcessUsage usage;
  DWORD handles = 0;
  if (GetProcessHandleCount(GetCurrentProcess(), &handles)) {
    usage.descriptors = handles;
  }
  if (kHasSanitizersMemory) return usage;
  PROCESS_MEMORY_COUNTERS counters;
  if (GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof(counters))) {
    usage.resident_bytes = counters.WorkingSetSize;
  }
  return usage;
}

}  // namespace soak
}  // namespace event
