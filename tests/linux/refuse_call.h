#ifndef TESTS_LINUX_REFUSE_CALL_H_
#define TESTS_LINUX_REFUSE_CALL_H_

namespace event_selector {
namespace testing {

// From now on, the system call `number` (SYS_...) fails with `error` in the
// calling thread, and in what it starts: by a seccomp filter, as in a
// container. For ever, so it must be a thread, or a child, of the test's own.
// False where the kernel takes no filters.
bool RefuseCall(long number, int error);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_LINUX_REFUSE_CALL_H_
