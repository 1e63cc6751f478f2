#include <windows.h>
// Needs windows.h before it.
#include <psapi.h>

#include "tests/iocp/process_handles.h"
#include "tests/soak/process_usage.h"

namespace event_selector {
namespace soak {

ProcessUsage MeasureProcess() {
  ProcessUsage usage;
  usage.descriptors = testing::ProcessSocketsAndPorts();
  if (kHasSanitizersMemory) return usage;
  PROCESS_MEMORY_COUNTERS counters;
  if (GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof(counters))) {
    usage.resident_bytes = counters.WorkingSetSize;
  }
  return usage;
}

}  // namespace soak
}  // namespace event_selector
