#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tests/support/blocked_thread.h"
#include "tests/support/fatal.h"
#include "tests/support/thread_look.h"

namespace event_selector {
namespace testing {
namespace {

// The calls that wait for readiness, of those that this architecture has.
constexpr long kWaitingCalls[] = {
#if defined(SYS_epoll_wait)
    SYS_epoll_wait,
#endif
#if defined(SYS_epoll_pwait)
    SYS_epoll_pwait,
#endif
#if defined(SYS_epoll_pwait2)
    SYS_epoll_pwait2,
#endif
#if defined(SYS_poll)
    SYS_poll,
#endif
#if defined(SYS_ppoll)
    SYS_ppoll,
#endif
#if defined(SYS_ppoll_time64)
    SYS_ppoll_time64,
#endif
#if defined(SYS_select)
    SYS_select,
#endif
#if defined(SYS__newselect)
    SYS__newselect,
#endif
#if defined(SYS_pselect6)
    SYS_pselect6,
#endif
#if defined(SYS_pselect6_time64)
    SYS_pselect6_time64,
#endif
#if defined(SYS_io_uring_enter)
    SYS_io_uring_enter,
#endif
};

bool IsWaitingCall(long number) {
  for (const long call : kWaitingCalls) {
    if (call == number) return true;
  }
  return false;
}

// The start of the file `name` of the thread in proc(5), in one read; nullopt
// where this system does not have it or does not let us read it.
std::optional<std::string> ReadOfThread(const ThreadId& thread,
                                        absl::string_view name) {
  const std::string path =
      absl::StrCat("/proc/self/task/", thread.value(), "/", name);
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  char buffer[512];
  ssize_t size = 0;
  do {
    size = read(file, buffer, sizeof(buffer));
  } while (size < 0 && errno == EINTR);
  close(file);
  if (size <= 0) return std::nullopt;
  return std::string(buffer, static_cast<std::size_t>(size));
}

// The number of the system call that the thread is in. The file has
// "<number> <arguments>...", or "running", or "-1 ..." where the thread is
// blocked outside of a system call (a page fault).
std::optional<long> CallOf(const ThreadId& thread) {
  const std::optional<std::string> file = ReadOfThread(thread, "syscall");
  if (!file.has_value()) return std::nullopt;
  long number = -1;
  if (!absl::SimpleAtoi(file->substr(0, file->find(' ')), &number)) return -1;
  return number;
}

// Whether a number in proc(5) means what it means here. For another
// architecture's program, which an emulator such as qemu-user runs, it is the
// kernel's own number. A thread that reads its own file is in read(2).
bool KernelCountsAsWeDo() {
  static const bool result = CallOf(CurrentThreadId()) == SYS_read;
  return result;
}

// 'S' for sleeping and so on. It follows the program's name in parentheses,
// which may itself hold parentheses and spaces.
char StateOf(const ThreadId& thread) {
  const std::optional<std::string> stat = ReadOfThread(thread, "stat");
  if (!stat.has_value()) {
    Die(absl::StrCat("AwaitBlocked: no thread ", thread.value(),
                     " in /proc/self/task: has it ended?"));
  }
  const std::size_t end_of_name = stat->rfind(')');
  if (end_of_name == std::string::npos || end_of_name + 2 >= stat->size()) {
    Die(absl::StrCat("AwaitBlocked: cannot parse ", *stat));
  }
  return (*stat)[end_of_name + 2];
}

}  // namespace

ThreadId CurrentThreadId() {
  // glibc has gettid() only since 2.30.
  return ThreadId(static_cast<std::uint64_t>(syscall(SYS_gettid)));
}

ThreadLook LookAt(const ThreadId& thread) {
  if (StateOf(thread) != 'S') return ThreadLook::kRunning;
  const std::optional<long> call = CallOf(thread);
  if (!call.has_value() || !KernelCountsAsWeDo()) {
    return ThreadLook::kSeemsBlocked;
  }
#if defined(SYS_restart_syscall)
  // The kernel goes on with poll(2) under this number once the process was
  // stopped, or the thread had work of io_uring's to do. A sleep may be behind
  // it as well.
  if (*call == SYS_restart_syscall) return ThreadLook::kSeemsBlocked;
#endif
  return IsWaitingCall(*call) ? ThreadLook::kBlocked : ThreadLook::kRunning;
}

}  // namespace testing
}  // namespace event_selector
