#ifndef BACKENDS_POSIX_SIGNAL_WATCH_H_
#define BACKENDS_POSIX_SIGNAL_WATCH_H_

#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"

namespace event_selector {
namespace posix {

struct WatchRecord;

// Calls a function when a signal arrives, in its handler, as long as this
// object lives. Any number of them may watch one signal. What handlers were
// there before are called, too, and come back in the end: signal_chain.h.
//
// In a child process after `fork` the function is not called, and destroying
// the object does nothing.
//
// Thread-compatible. No member function may be called in a signal handler.
class SignalWatch {
 public:
  // Called in a signal handler, in any thread, in several at once. Must be
  // async-signal-safe.
  using Function = void (*)(void* argument, int signal);

  // Watches `signals`: bit n - 1 is signal n. Errors: those of
  // SignalSet::Create for a number from 1 to 64.
  static absl::StatusOr<SignalWatch> Begin(std::uint64_t signals,
                                           Function function, void* argument);

  SignalWatch(SignalWatch&& other) noexcept
      : record_(std::exchange(other.record_, nullptr)) {}
  SignalWatch& operator=(SignalWatch&& other) noexcept {
    std::swap(record_, other.record_);
    return *this;
  }
  // When it has returned, the function is not running, and never runs again.
  ~SignalWatch();

  // False in a child process after `fork`.
  bool IsInItsProcess() const;

 private:
  explicit SignalWatch(WatchRecord* record) : record_(record) {}

  WatchRecord* record_;
};

}  // namespace posix
}  // namespace event_selector

#endif  // BACKENDS_POSIX_SIGNAL_WATCH_H_
