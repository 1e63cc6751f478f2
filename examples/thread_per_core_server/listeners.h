#ifndef EXAMPLES_THREAD_PER_CORE_SERVER_LISTENERS_H_
#define EXAMPLES_THREAD_PER_CORE_SERVER_LISTENERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "event/mode.h"
#include "examples/common/listener.h"

namespace examples {
namespace thread_per_core {

// What a thread accepts clients from, and how.
struct ListenerForThread {
  Listener listener;
  event_selector::Mode mode;  // How to register it.
  bool rotates;               // Whether to register it anew after each client.
};

// One for each of `threads` threads, all at one address and port. `way`:
//   "reuseport"  each a socket of its own (SO_REUSEPORT), level-triggered;
//   "exclusive"  all the same socket, in Mode::kExclusive;
//   "rotating"   the same, registered anew after each client.
// Errors: kInvalidArgument (another `way`, a wrong address), kUnimplemented
// (the system cannot do that), and those of `Listener::Create`.
absl::StatusOr<std::vector<ListenerForThread>> OpenListeners(
    const std::string& way, const std::string& address, std::uint16_t port,
    int threads);

}  // namespace thread_per_core
}  // namespace examples

#endif  // EXAMPLES_THREAD_PER_CORE_SERVER_LISTENERS_H_
