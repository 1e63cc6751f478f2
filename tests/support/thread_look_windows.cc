#include <windows.h>

#include <cstdint>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/support/blocked_thread.h"
#include "tests/support/fatal.h"
#include "tests/support/thread_look.h"

// Windows tells how many processor cycles a thread has used; whether and where
// it waits has no documented interface.
namespace event {
namespace testing {
namespace {

constexpr absl::Duration kWindow = absl::Milliseconds(5);

std::uint64_t Cycles(HANDLE thread) {
  ULONG64 cycles = 0;
  if (QueryThreadCycleTime(thread, &cycles) == 0) {
    DieOfError("AwaitBlocked: QueryThreadCycleTime",
               static_cast<int>(GetLastError()));
  }
  return cycles;
}

}  // namespace

ThreadId CurrentThreadId() {
  return ThreadId(std::uint64_t{GetCurrentThreadId()});
}

ThreadLook LookAt(const ThreadId& thread) {
  const HANDLE handle =
      OpenThread(THREAD_QUERY_LIMITED_INFORMATION, /*bInheritHandle=*/FALSE,
                 static_cast<DWORD>(thread.value()));
  if (handle == nullptr) {
    DieOfError("AwaitBlocked: OpenThread", static_cast<int>(GetLastError()));
  }
  const std::uint64_t before = Cycles(handle);
  absl::SleepFor(kWindow);
  const bool stood_still = Cycles(handle) == before;
  CloseHandle(handle);
  return stood_still ? ThreadLook::kSeemsBlocked : ThreadLook::kRunning;
}

}  // namespace testing
}  // namespace event
