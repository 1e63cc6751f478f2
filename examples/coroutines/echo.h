#ifndef EXAMPLES_COROUTINES_ECHO_H_
#define EXAMPLES_COROUTINES_ECHO_H_

#include "absl/time/time.h"
#include "examples/common/listener.h"
#include "examples/coroutines/loop.h"
#include "examples/coroutines/task.h"

namespace examples {
namespace coroutines {

// Sends back what each client sends. Closes those that are silent, or do not
// read, for longer than `patience`. Goes on until it is destroyed, or the
// listener fails.
Task<> ServeEcho(Loop& loop, Listener listener, absl::Duration patience);

}  // namespace coroutines
}  // namespace examples

#endif  // EXAMPLES_COROUTINES_ECHO_H_
