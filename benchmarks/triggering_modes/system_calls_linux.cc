#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/descriptor.h"
#include "benchmarks/triggering_modes/system_calls.h"

namespace benchmarks {
namespace {

// A marker is a prctl with an option that does not exist, and 1 to begin or 0
// to end. (Not a call that takes no arguments: the next such call would find
// them in its registers still.)
constexpr int kMarker = 0x6d61726b;

constexpr int kWorkFailed = 10;
constexpr int kTracingRefused = 11;
constexpr unsigned kLifetimeSeconds = 60;

void Mark(unsigned long begin) { prctl(kMarker, begin, 0, 0, 0); }

[[noreturn]] void RunChild(absl::FunctionRef<absl::Status()> work) {
  // A process group of its own lets the parent wait for the child and its
  // threads, and for no other process. Out of reach of the terminal's
  // interrupts then, it must not outlive the parent.
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(kTracingRefused);
  raise(SIGSTOP);
  alarm(kLifetimeSeconds);
  const absl::Status status = work();
  if (status.ok()) _exit(0);
  std::fprintf(stderr, "counting system calls: %s\n",
               status.ToString().c_str());
  _exit(kWorkFailed);
}

bool IsSelectorCall(std::uint64_t number) {
  switch (number) {
#if defined(SYS_epoll_wait)  // Newer architectures have epoll_pwait only.
    case SYS_epoll_wait:
#endif
#if defined(SYS_epoll_pwait2)  // Linux 5.11.
    case SYS_epoll_pwait2:
#endif
    case SYS_epoll_create1:
    case SYS_epoll_ctl:
    case SYS_epoll_pwait:
      return true;
    default:
      return false;
  }
}

// The parent's side. The child is stopped when this starts.
class Tracer {
 public:
  explicit Tracer(pid_t child) : child_(child) {}

  // Lets the child run to its end.
  absl::StatusOr<SystemCalls> Run();

 private:
  // What happened to a thread of the child; the signal to continue it with.
  absl::StatusOr<int> HandleStop(pid_t thread, int status);
  absl::Status CountCall(pid_t thread);
  absl::StatusOr<SystemCalls> Result(int status) const;

  const pid_t child_;
  SystemCalls calls_;
  bool counting_ = false;
  bool complete_ = false;
};

absl::StatusOr<SystemCalls> Tracer::Run() {
  constexpr long kOptions =
      PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SETOPTIONS, child_, nullptr, kOptions) != 0) {
    return absl::UnimplementedError("tracing is refused");
  }
  pid_t thread = child_;
  int signal = 0;
  while (true) {
    // A thread that was killed meanwhile is no error: its end comes next.
    if (ptrace(PTRACE_SYSCALL, thread, nullptr, signal) != 0 &&
        errno != ESRCH) {
      return ErrnoStatus("ptrace");
    }
    int status = 0;
    // Of the threads that ended, only the first one's end says something.
    do {
      thread = waitpid(-child_, &status, __WALL);
      if (thread < 0 && errno != EINTR) return ErrnoStatus("waitpid");
      if (thread == child_ && !WIFSTOPPED(status)) return Result(status);
    } while (thread < 0 || !WIFSTOPPED(status));

    absl::StatusOr<int> handled = HandleStop(thread, status);
    if (!handled.ok()) return handled.status();
    signal = *handled;
  }
}

absl::StatusOr<int> Tracer::HandleStop(pid_t thread, int status) {
  const int signal = WSTOPSIG(status);
  if (signal == (SIGTRAP | 0x80)) {  // The mark of PTRACE_O_TRACESYSGOOD.
    absl::Status counted = CountCall(thread);
    if (!counted.ok()) return counted;
    return 0;
  }
  // A new thread: reported by its creator with SIGTRAP and by itself with
  // SIGSTOP. Neither is meant for the program.
  if (signal == SIGTRAP || signal == SIGSTOP) return 0;
  return signal;
}

absl::Status Tracer::CountCall(pid_t thread) {
  __ptrace_syscall_info info = {};
  if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof(info), &info) < 0) {
    if (errno == ESRCH) return absl::OkStatus();  // Killed meanwhile.
    return absl::UnimplementedError("needs Linux 5.3 or newer");
  }
  if (info.op != PTRACE_SYSCALL_INFO_ENTRY) return absl::OkStatus();
  if (info.entry.nr == SYS_prctl && info.entry.args[0] == kMarker) {
    complete_ = counting_ && info.entry.args[1] == 0;
    counting_ = info.entry.args[1] != 0;
  } else if (counting_) {
    ++calls_.all;
    if (IsSelectorCall(info.entry.nr)) ++calls_.selector;
  }
  return absl::OkStatus();
}

absl::StatusOr<SystemCalls> Tracer::Result(int status) const {
  if (WIFSIGNALED(status)) {
    return absl::InternalError(
        absl::StrCat("the traced child died of signal ", WTERMSIG(status)));
  }
  if (WEXITSTATUS(status) != 0) {
    return absl::InternalError("the work failed in the traced child");
  }
  if (!complete_) {
    return absl::InternalError("the work did not say what to count");
  }
  return calls_;
}

// Kills a child that could not be traced to its end, and waits until it and its
// threads are gone.
void End(pid_t child) {
  kill(child, SIGKILL);
  while (waitpid(-child, nullptr, __WALL) > 0 || errno == EINTR) {
  }
}

}  // namespace

absl::StatusOr<SystemCalls> CountSystemCalls(
    absl::FunctionRef<absl::Status()> work) {
  const pid_t child = fork();
  if (child < 0) return ErrnoStatus("fork");
  if (child == 0) RunChild(work);

  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return ErrnoStatus("waitpid");
  }
  if (!WIFSTOPPED(status)) {
    return absl::UnimplementedError("tracing is refused");
  }
  absl::StatusOr<SystemCalls> calls = Tracer(child).Run();
  if (!calls.ok() && !absl::IsInternal(calls.status())) End(child);
  return calls;
}

void BeginCounting() { Mark(1); }
void EndCounting() { Mark(0); }

}  // namespace benchmarks
