#ifndef BACKENDS_POSIX_SIGNAL_CHAIN_H_
#define BACKENDS_POSIX_SIGNAL_CHAIN_H_

#include <signal.h>

#include <cstdint>

#include "absl/status/statusor.h"

namespace event_selector {
namespace posix {

// What takes a signal that a handler of the chain was called for. `layer` is
// the handler's, see below. Returns whether anybody has taken it. Must be
// async-signal-safe.
using SignalTaker = bool (*)(int layer, int signal);

// The handlers that this library installs, and what was there before each.
//
// One handler for each signal would do if nobody else had any. Say that ours is
// installed; another library installs its own, which calls ours when it has
// done its work; and a new set wants the signal now. Its handler must come on
// top, since nobody knows whether the other library's calls ours. But if that
// were the same function, with the other library's as its predecessor, the two
// would call each other for ever. So there are several handlers, the *layers*,
// each with its own predecessor for each signal, and a signal passes each once.
//
// All functions but those of the handlers themselves need the caller's lock.
// What it guards makes sense in any state that a fork may interrupt.

inline constexpr int kSignalLayers = 4;

// Installs a handler on top of whatever `signal` has now, or finds that one of
// ours is on top. Returns its layer. The handler offers each signal to `take`
// (the same for all calls), and then calls its predecessor; if nobody has taken
// the signal, as if the handler were not there. Errors:
//   kInvalidArgument    `signal` is not a signal, or cannot be caught;
//   kResourceExhausted  no memory; or each layer has a handler of `signal`
//                       below one of somebody else.
absl::StatusOr<int> InstallSignalHandler(int signal, SignalTaker take);

// Puts the predecessor of the handler of `layer` back, if the handler is on
// top. Otherwise it stays: whoever came later may call it.
void RestoreSignalHandler(int signal, int layer);

}  // namespace posix
}  // namespace event_selector

#endif  // BACKENDS_POSIX_SIGNAL_CHAIN_H_
