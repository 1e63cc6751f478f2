#include "tests/iocp/process_handles.h"

#include <windows.h>

#include "tests/support/fatal.h"

namespace event {
namespace testing {

unsigned long ProcessHandles() {
  DWORD count = 0;
  if (GetProcessHandleCount(GetCurrentProcess(), &count) == 0) {
    DieOfError("GetProcessHandleCount", static_cast<int>(GetLastError()));
  }
  return count;
}

}  // namespace testing
}  // namespace event
