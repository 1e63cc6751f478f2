#include <mach/mach.h>
#include <malloc/malloc.h>

#include "tests/soak/process_usage.h"
#include "tests/support/pipe.h"

namespace event_selector {
namespace soak {

ProcessUsage MeasureProcess() {
  ProcessUsage usage;
  usage.descriptors = testing::OpenDescriptors().size();
  if (kHasSanitizersMemory) return usage;
  mach_task_basic_info info;
  mach_msg_type_number_t size = MACH_TASK_BASIC_INFO_COUNT;
  if (task_info(mach_task_self(), MACH_TASK_BASIC_INFO,
                reinterpret_cast<task_info_t>(&info), &size) == KERN_SUCCESS) {
    usage.resident_bytes = info.resident_size;
  }
  // A null zone: the sum of all.
  malloc_statistics_t heap;
  malloc_zone_statistics(nullptr, &heap);
  usage.heap_bytes = heap.size_in_use;
  return usage;
}

}  // namespace soak
}  // namespace event_selector
