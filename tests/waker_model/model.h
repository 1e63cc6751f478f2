#ifndef TESTS_WAKER_MODEL_MODEL_H_
#define TESTS_WAKER_MODEL_MODEL_H_

#include "tests/waker_model/machine.h"
#include "tests/waker_model/state.h"
#include "tests/waker_model/step.h"

// The waker of the epoll backend as a state machine, for exhaustive search: two
// threads that call `Wake`, two that call `Wait` again and again, the kernel
// between them, and whoever else a machine is given. The steps are those of
// EventfdWaker (backends/epoll/eventfd_waker.cc) and of EpollSelector::Wait: a
// change there must be repeated here.
//
// Between any two steps of a thread, any other thread may do any number of its
// own. A step is one system call or one access to an atomic. What a system call
// has seen or done makes no memory visible to another thread: that is left to
// the atomics. One thing is asked of the kernel, and its locks give it: an
// exchange that comes before a write(2) in its thread stands before one that
// follows the epoll_wait(2) that reports this write.
namespace event_selector {
namespace testing {
namespace waker_model {

// Calls `visit` with each step that any thread can do in `state`, and with the
// state that follows.
void ForEachStep(const Machine& machine, const State& state, Visit visit);

}  // namespace waker_model
}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_WAKER_MODEL_MODEL_H_
