#ifndef TESTS_PROCESSES_PASS_DESCRIPTOR_POSIX_H_
#define TESTS_PROCESSES_PASS_DESCRIPTOR_POSIX_H_

#include "event/handle.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {

// Sends another descriptor of what `passed` is to the process that holds the
// other end of `channel`, one of MakeStreamPair: SCM_RIGHTS of unix(7). Aborts
// on an error.
void PassDescriptor(Handle channel, Handle passed);

// Waits for a descriptor that was passed so, and owns it. Aborts on an error.
Socket ReceiveDescriptor(Handle channel);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_PROCESSES_PASS_DESCRIPTOR_POSIX_H_
