#include "tests/soak/process_usage.h"
#include "tests/support/pipe.h"

namespace event_selector {
namespace soak {

// POSIX tells of the most memory that was ever resident (getrusage), not of
// what is now.
ProcessUsage MeasureProcess() {
  ProcessUsage usage;
  usage.descriptors = testing::OpenDescriptors().size();
  return usage;
}

}  // namespace soak
}  // namespace event_selector
