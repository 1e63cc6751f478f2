#ifndef TESTS_KQUEUE_SHIM_CONDITION_H_
#define TESTS_KQUEUE_SHIM_CONDITION_H_

#include <sys/event.h>

#include <cstdint>
#include <optional>

#include "tests/kqueue_shim/kqueue_shim.h"

namespace event_selector {
namespace testing {

// What kind of file a descriptor is, as far as the filters differ.
enum class FileKind {
  kSocket,
  kListener,
  // Of pipe(2).
  kPipeReadEnd,
  kPipeWriteEnd,
  // Of mkfifo(2), and opened to read, to write, or both.
  kFifoReadEnd,
  kFifoWriteEnd,
  kFifo,
  kVnode,
  kOther
};
FileKind KindOf(int descriptor);

// Why `system` refuses to add `filter` to `descriptor`: an errno; or 0.
int WhyNotAdded(System system, int descriptor, FileKind kind, short filter);

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

// Whether `system` looks at the condition of a filter when epoll has `heard`
// these events of the file.
bool IsLookedAt(System system, FileKind kind, short filter,
                std::uint32_t heard);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_KQUEUE_SHIM_CONDITION_H_
