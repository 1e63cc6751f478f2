#ifndef TESTS_SUPPORT_THREAD_LOOK_H_
#define TESTS_SUPPORT_THREAD_LOOK_H_

#include "tests/support/blocked_thread.h"

// The part of blocked_thread.h that each system does in its own way: one
// thread_look_<system>.cc each, which also defines CurrentThreadId.
namespace event_selector {
namespace testing {

enum class ThreadLook {
  kRunning,       // Not blocked, or blocked elsewhere.
  kSeemsBlocked,  // Worth believing when several looks in a row say so.
  kBlocked,       // Blocked in a call that waits for readiness.
};

// Looks once. Aborts where there is no such thread.
ThreadLook LookAt(const ThreadId& thread);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_SUPPORT_THREAD_LOOK_H_
