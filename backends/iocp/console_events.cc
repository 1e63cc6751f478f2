#include "backends/iocp/console_events.h"

#include <windows.h>

#include <atomic>
#include <cstdint>
#include <new>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "backends/iocp/windows_status.h"
#include "event/internal/mutex.h"

namespace event_selector {
namespace iocp {
namespace {

// 0: none of ours.
int SignalOf(DWORD event) {
  switch (event) {
    case CTRL_C_EVENT:
      return kCtrlCSignal;
    case CTRL_BREAK_EVENT:
      return kCtrlBreakSignal;
    case CTRL_CLOSE_EVENT:
      return kWindowClosedSignal;
    case CTRL_LOGOFF_EVENT:
    case CTRL_SHUTDOWN_EVENT:
      return kSessionEndsSignal;
    default:
      return 0;
  }
}

// After these the system ends the process as soon as the handler returns.
bool EndsTheProcess(int signal) {
  return signal == kWindowClosedSignal || signal == kSessionEndsSignal;
}

}  // namespace

// All watches of the process, and the handler that the system calls for them.
//
// The system holds a lock of its own while it calls handlers, and takes it to
// add or remove one. So `handler_lock_` is never taken in a handler, and
// `list_lock_`, which is, never held when one is added or removed.
class ConsoleWatchers {
 public:
  static ConsoleWatchers& Get() {
    // Never destroyed: the console may have events to the end of the process.
    alignas(ConsoleWatchers) static char storage[sizeof(ConsoleWatchers)];
    static ConsoleWatchers& watchers = *new (storage) ConsoleWatchers;
    return watchers;
  }

  absl::Status Add(ConsoleWatch& watch) {
    const internal::MutexLock handler(handler_lock_);
    if (count_ == 0 && !SetConsoleCtrlHandler(&Handle, TRUE)) {
      return WindowsError(GetLastError(), "SetConsoleCtrlHandler");
    }
    ++count_;
    const internal::MutexLock list(list_lock_);
    watch.next_ = first_;
    first_ = &watch;
    return absl::OkStatus();
  }

  void Remove(ConsoleWatch& watch) {
    const internal::MutexLock handler(handler_lock_);
    {
      const internal::MutexLock list(list_lock_);
      ConsoleWatch** place = &first_;
      while (*place != nullptr && *place != &watch) place = &(*place)->next_;
      if (*place == nullptr) return;
      *place = watch.next_;
    }
    --count_;
    // A handler that never returns may hold the system's lock.
    if (count_ == 0 && !is_ending_.load()) {
      SetConsoleCtrlHandler(&Handle, FALSE);
    }
  }

 private:
  static BOOL WINAPI Handle(DWORD event) { return Get().Note(SignalOf(event)); }

  BOOL Note(int signal) {
    if (signal == 0 || !NoteInAll(signal)) return FALSE;
    if (EndsTheProcess(signal)) {
      is_ending_.store(true);
      // The loop ends the process, or the system does after some seconds.
      Sleep(INFINITE);
    }
    return TRUE;
  }

  bool NoteInAll(int signal) {
    const std::uint64_t bit = std::uint64_t{1} << (signal - 1);
    bool is_taken = false;
    const internal::MutexLock list(list_lock_);
    for (ConsoleWatch* each = first_; each != nullptr; each = each->next_) {
      if ((each->signals_ & bit) == 0) continue;
      each->Note(signal);
      is_taken = true;
    }
    return is_taken;
  }

  internal::Mutex handler_lock_;
  int count_ ABSL_GUARDED_BY(handler_lock_) = 0;
  internal::Mutex list_lock_;
  ConsoleWatch* first_ ABSL_GUARDED_BY(list_lock_) = nullptr;
  std::atomic<bool> is_ending_{false};
};

bool IsConsoleSignal(int signal) {
  return signal == kWindowClosedSignal || signal == kCtrlCSignal ||
         signal == kSessionEndsSignal || signal == kCtrlBreakSignal;
}

absl::Status ConsoleWatch::Begin() { return ConsoleWatchers::Get().Add(*this); }

void ConsoleWatch::End() { ConsoleWatchers::Get().Remove(*this); }

}  // namespace iocp
}  // namespace event_selector
