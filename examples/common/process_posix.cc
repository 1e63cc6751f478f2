#include <signal.h>
#include <sys/resource.h>

#include "examples/common/process.h"

namespace examples {
namespace {

void HandleSignal(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

// Most systems start a process with a limit far below what they allow it.
void RaiseDescriptorLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);  // If it fails, the old limit has to do.
}

}  // namespace

void PrepareProcess() {
  RaiseDescriptorLimit();
  HandleSignal(SIGPIPE, SIG_IGN);
}

void OnEndOfProcess(void (*stop)(int signal)) {
  HandleSignal(SIGINT, stop);
  HandleSignal(SIGTERM, stop);
}

}  // namespace examples
