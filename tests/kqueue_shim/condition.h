#ifndef TESTS_KQUEUE_SHIM_CONDITION_H_
#define TESTS_KQUEUE_SHIM_CONDITION_H_

#include <sys/event.h>

#include <cstdint>
#include <optional>

#include "tests/kqueue_shim/kqueue_shim.h"

namespace event_selector {
namespace testing {

// What kind of file a descriptor is, as far as the filters differ.
enum class FileKind { kSocket, kPipeReadEnd, kPipeWriteEnd, kVnode, kOther };
FileKind KindOf(int descriptor);

// What a filter reports when its condition holds.
struct Condition {
  unsigned short flags = 0;
  unsigned int fflags = 0;
  std::int64_t data = 0;
};

// Asks whether the condition of `filter` holds for `descriptor`, as `system`
// has it. `fflags` and `data` are those of its registration.
std::optional<Condition> Ask(System system, int descriptor, FileKind kind,
                             short filter, unsigned int fflags,
                             std::int64_t data);

// What epoll(7) is to watch for `filter`: what may make its condition true.
std::uint32_t EpollEventsOf(short filter);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_KQUEUE_SHIM_CONDITION_H_
