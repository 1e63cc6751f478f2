#ifndef BACKENDS_IOCP_CONSOLE_EVENTS_H_
#define BACKENDS_IOCP_CONSOLE_EVENTS_H_

#include <cstdint>

#include "absl/status/status.h"

namespace event_selector {
namespace iocp {

// The console's events (Ctrl+C and the like), which the system reports in a
// thread that it makes for each. They go by the numbers of the signals that
// SignalSet names.
inline constexpr int kWindowClosedSignal = 1;  // SIGHUP elsewhere.
inline constexpr int kCtrlCSignal = 2;         // SIGINT
inline constexpr int kSessionEndsSignal = 15;  // SIGTERM
inline constexpr int kCtrlBreakSignal = 21;    // SIGBREAK

// Whether `signal` is one of these.
bool IsConsoleSignal(int signal);

// Watches the console from `Begin` on as long as it lives. Thread-compatible.
class ConsoleWatch {
 public:
  // Calls `Note` for each event of `signals` (bit n - 1 is signal n).
  explicit ConsoleWatch(std::uint64_t signals) : signals_(signals) {}
  ConsoleWatch(const ConsoleWatch&) = delete;
  ConsoleWatch& operator=(const ConsoleWatch&) = delete;

  // To be called once. Errors: kInternal, kResourceExhausted.
  absl::Status Begin();

  virtual ~ConsoleWatch() = default;

 protected:
  // To be called in the destructor of what derives from it. When it has
  // returned, `Note` is not running and never runs again.
  void End();

 private:
  friend class ConsoleWatchers;

  // Called in any thread, with a lock held that `Begin` and `End` take, too.
  virtual void Note(int signal) = 0;

  const std::uint64_t signals_;
  // Of the process's watches: null for the last.
  ConsoleWatch* next_ = nullptr;
};

}  // namespace iocp
}  // namespace event_selector

#endif  // BACKENDS_IOCP_CONSOLE_EVENTS_H_
