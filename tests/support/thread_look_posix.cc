#include <pthread.h>
#include <time.h>

#include <cerrno>
#include <cstdint>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/support/blocked_thread.h"
#include "tests/support/fatal.h"
#include "tests/support/thread_look.h"

// For POSIX systems that have no file of their own: POSIX tells how much
// processor time a thread has used, and nothing else about it.
namespace event_selector {
namespace testing {
namespace {

constexpr absl::Duration kWindow = absl::Milliseconds(5);

absl::Duration CpuTime(clockid_t clock) {
  timespec time = {};
  if (clock_gettime(clock, &time) != 0) {
    DieOfError("AwaitBlocked: clock_gettime", errno);
  }
  return absl::DurationFromTimespec(time);
}

}  // namespace

// The clock stands for the thread: unlike pthread_t it is always a number, and
// it turns invalid when the thread ends.
ThreadId CurrentThreadId() {
  clockid_t clock = {};
  const int error = pthread_getcpuclockid(pthread_self(), &clock);
  if (error != 0) DieOfError("pthread_getcpuclockid", error);
  return ThreadId(static_cast<std::uint64_t>(clock));
}

ThreadLook LookAt(const ThreadId& thread) {
  const auto clock = static_cast<clockid_t>(thread.value());
  const absl::Duration before = CpuTime(clock);
  absl::SleepFor(kWindow);
  return CpuTime(clock) == before ? ThreadLook::kSeemsBlocked
                                  : ThreadLook::kRunning;
}

}  // namespace testing
}  // namespace event_selector
