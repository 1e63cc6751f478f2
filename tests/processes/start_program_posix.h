#ifndef TESTS_PROCESSES_START_PROGRAM_POSIX_H_
#define TESTS_PROCESSES_START_PROGRAM_POSIX_H_

#include <functional>
#include <set>
#include <string>

#include "event/handle.h"
#include "tests/support/child_process_posix.h"

namespace event_selector {
namespace testing {

// Starts `program` without arguments, with `output` as its standard output, and
// all else as it is inherited. Aborts where it cannot be started.
using StartProgram =
    std::function<ChildProcess(const std::string& program, Handle output)>;

// By fork(2) and execv(3). `prepare` runs in the child in between; nullptr for
// nothing.
StartProgram ByFork(const std::function<void()>& prepare);

// By posix_spawn(3), which runs no handler of pthread_atfork, and on some
// systems lends the child the memory of its parent (Linux: CLONE_VM and
// CLONE_VFORK).
StartProgram BySpawn();

// The descriptors that a program finds open that is started so.
std::set<int> DescriptorsInherited(const StartProgram& start);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_PROCESSES_START_PROGRAM_POSIX_H_
