#include "examples/common/server_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "examples/common/descriptor.h"

namespace examples {
namespace {

[[noreturn]] void Die(const char* call) {
  std::perror(call);
  std::abort();
}

// Between fork and exec, so only what a signal handler may do, too.
[[noreturn]] void BecomeServer(char* const* arguments, int output,
                               int descriptor_limit) {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) _exit(126);
  limit.rlim_cur = 64;
  if (descriptor_limit > 0) {
    limit.rlim_cur = limit.rlim_max = static_cast<rlim_t>(descriptor_limit);
  }
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) _exit(126);
  // A signal that is ignored stays so; the server is to ignore it by itself.
  signal(SIGPIPE, SIG_DFL);
  if (dup2(output, STDOUT_FILENO) < 0) _exit(126);
  execv(arguments[0], arguments);
  _exit(127);
}

ssize_t Read(int fd, char* data, std::size_t size) {
  ssize_t result;
  do {
    result = read(fd, data, size);
  } while (result < 0 && errno == EINTR);
  return result;
}

}  // namespace

ServerProcess::ServerProcess(const std::string& path,
                             const std::vector<std::string>& flags,
                             int descriptor_limit) {
  std::vector<std::string> strings = {path};
  strings.insert(strings.end(), flags.begin(), flags.end());
  std::vector<char*> arguments;
  for (std::string& string : strings) arguments.push_back(&string[0]);
  arguments.push_back(nullptr);

  int ends[2];
  if (pipe(ends) != 0) Die("pipe");
  output_ = Descriptor(ends[0]);
  Descriptor child_output(ends[1]);
  for (const int end : ends) fcntl(end, F_SETFD, FD_CLOEXEC);
  pid_ = fork();
  if (pid_ < 0) Die("fork");
  if (pid_ == 0) {
    BecomeServer(arguments.data(), child_output.get(), descriptor_limit);
  }

  // Or the output would not end with the server.
  child_output = Descriptor();

  // "listening on 127.0.0.1:7000"
  std::string line;
  char byte = 0;
  while (Read(ends[0], &byte, 1) == 1 && byte != '\n') line += byte;
  absl::string_view rest = line;
  int port = 0;
  if (absl::ConsumePrefix(&rest, "listening on 127.0.0.1:") &&
      absl::SimpleAtoi(rest, &port)) {
    port_ = static_cast<std::uint16_t>(port);
  }
}

ServerProcess::~ServerProcess() {
  if (pid_ < 0) return;
  Signal(SIGKILL);
  Join(nullptr);
}

void ServerProcess::Signal(int signal) {
  if (kill(pid_, signal) != 0) Die("kill");
}

void ServerProcess::Pause() {
  Signal(SIGSTOP);
  int status = 0;
  if (waitpid(pid_, &status, WUNTRACED) != pid_ || !WIFSTOPPED(status)) {
    Die("waitpid");
  }
}

std::optional<absl::Duration> ServerProcess::CpuTime() const {
#if defined(__APPLE__)
  return std::nullopt;  // It has no clock_getcpuclockid.
#else
  clockid_t clock;
  timespec time;
  if (clock_getcpuclockid(pid_, &clock) != 0) Die("clock_getcpuclockid");
  if (clock_gettime(clock, &time) != 0) Die("clock_gettime");
  return absl::DurationFromTimespec(time);
#endif
}

int ServerProcess::Join(std::string* rest) {
  char chunk[1024];
  ssize_t size;
  std::string output;
  while ((size = Read(output_.get(), chunk, sizeof(chunk))) > 0) {
    output.append(chunk, static_cast<std::size_t>(size));
  }
  if (rest != nullptr) *rest = output;
  int status = 0;
  while (waitpid(pid_, &status, 0) != pid_) {
    if (errno != EINTR) Die("waitpid");
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace examples
