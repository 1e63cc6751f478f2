#ifndef TESTS_KQUEUE_SHIM_SOCKET_CONDITION_H_
#define TESTS_KQUEUE_SHIM_SOCKET_CONDITION_H_

#include <cstdint>
#include <optional>

#include "tests/kqueue_shim/condition.h"
#include "tests/kqueue_shim/kqueue_shim.h"

namespace event_selector {
namespace testing {

// The part of `Ask` (condition.h) that is about sockets; `polled` is what
// poll(2) says of it.
std::optional<Condition> AskSocket(System system, int descriptor, FileKind kind,
                                   short filter, unsigned int fflags,
                                   std::int64_t data, int polled);

bool IsListener(int descriptor);

// shutdown(2) is about to be called, or was and has failed. Linux tells nobody
// that the own sending side is shut down.
void NoteShutdown(int descriptor, int how);
void ForgetShutdown(int descriptor);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_KQUEUE_SHIM_SOCKET_CONDITION_H_
