#include <windows.h>

#include <cstdint>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/support/blocked_thread.h"
#include "tests/support/fatal.h"
#include "tests/support/thread_look.h"

// Windows tells how many processor cycles a thread has used; whether and where
// it waits has no documented interface.
namespace event_selector {
namespace testing {
namespace {

constexpr absl::Duration kWindow = absl::Milliseconds(5);
// Wine counts no cycles, and its times come in steps of 10 ms.
constexpr absl::Duration kCoarseWindow = absl::Milliseconds(25);

struct Usage {
  std::uint64_t amount;
  absl::Duration window;  // How long a busy thread may leave it as it is.
};

Usage UsageOf(HANDLE thread) {
  ULONG64 cycles = 0;
  if (QueryThreadCycleTime(thread, &cycles) != 0) return {cycles, kWindow};
  FILETIME creation, exit, kernel, user;
  if (GetThreadTimes(thread, &creation, &exit, &kernel, &user) == 0) {
    DieOfError("AwaitBlocked: GetThreadTimes",
               static_cast<int>(GetLastError()));
  }
  const auto ticks = [](const FILETIME& time) {
    return std::uint64_t{time.dwHighDateTime} << 32 | time.dwLowDateTime;
  };
  return {ticks(kernel) + ticks(user), kCoarseWindow};
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
  const Usage before = UsageOf(handle);
  absl::SleepFor(before.window);
  const bool stood_still = UsageOf(handle).amount == before.amount;
  CloseHandle(handle);
  return stood_still ? ThreadLook::kSeemsBlocked : ThreadLook::kRunning;
}

}  // namespace testing
}  // namespace event_selector
