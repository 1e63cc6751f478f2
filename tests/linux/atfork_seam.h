#ifndef TESTS_LINUX_ATFORK_SEAM_H_
#define TESTS_LINUX_ATFORK_SEAM_H_

// A seam under pthread_atfork(3), as system_calls.h has one under the system
// calls: in a binary that links this target, the calls can be failed. glibc
// only. Not thread-safe.
namespace event_selector {
namespace testing {

// Fails the next `count` calls with ENOMEM, the only error there is.
void FailNextAtforks(int count);

// Has madvise(2) refuse MADV_WIPEONFORK from now on, as kernels before 4.14 do.
void RefuseToWipeOnFork();

// How many calls there have been in this process, those of libraries and of
// sanitizers included.
int AtforkCalls();

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_LINUX_ATFORK_SEAM_H_
