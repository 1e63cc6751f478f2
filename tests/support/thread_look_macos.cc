#include <mach/mach.h>
#include <mach/mach_error.h>
#include <pthread.h>

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "tests/support/blocked_thread.h"
#include "tests/support/fatal.h"
#include "tests/support/thread_look.h"

namespace event_selector {
namespace testing {

ThreadId CurrentThreadId() {
  return ThreadId(std::uint64_t{pthread_mach_thread_np(pthread_self())});
}

ThreadLook LookAt(const ThreadId& thread) {
  thread_basic_info_data_t info = {};
  mach_msg_type_number_t count = THREAD_BASIC_INFO_COUNT;
  const kern_return_t result =
      thread_info(static_cast<thread_act_t>(thread.value()), THREAD_BASIC_INFO,
                  reinterpret_cast<thread_info_t>(&info), &count);
  if (result != KERN_SUCCESS) {
    Die(absl::StrCat("AwaitBlocked: thread_info failed: ",
                     mach_error_string(result), ": has the thread ended?"));
  }
  return info.run_state == TH_STATE_WAITING ? ThreadLook::kSeemsBlocked
                                            : ThreadLook::kRunning;
}

}  // namespace testing
}  // namespace event_selector
