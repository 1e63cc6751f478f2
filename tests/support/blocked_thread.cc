#include "tests/support/blocked_thread.h"

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/support/fatal.h"
#include "tests/support/thread_look.h"

namespace event_selector {
namespace testing {
namespace {

constexpr absl::Duration kGiveUpAfter = absl::Seconds(60);
constexpr absl::Duration kBetweenLooks = absl::Microseconds(100);
constexpr int kLooksToBelieve = 5;

}  // namespace

void AwaitBlocked(const ThreadId& thread) {
  const absl::Time deadline = absl::Now() + kGiveUpAfter;
  int in_a_row = 0;
  while (absl::Now() < deadline) {
    const ThreadLook look = LookAt(thread);
    if (look == ThreadLook::kBlocked) return;
    in_a_row = look == ThreadLook::kSeemsBlocked ? in_a_row + 1 : 0;
    if (in_a_row == kLooksToBelieve) return;
    absl::SleepFor(kBetweenLooks);
  }
  Die("AwaitBlocked: the thread has not blocked within 60 seconds");
}

}  // namespace testing
}  // namespace event_selector
