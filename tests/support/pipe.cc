#include "tests/support/pipe.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "event/handle.h"
#include "tests/support/fatal.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

// Returns the result of a system call; aborts where it says that it failed.
int Checked(absl::string_view call, int result) {
  if (result < 0) DieOfError(call, errno);
  return result;
}

Socket CloseOnExec(Handle handle) {
  Checked("fcntl(F_SETFD)", fcntl(handle, F_SETFD, FD_CLOEXEC));
  return Socket(handle);
}

Socket NonBlocking(Socket socket) {
  const int flags = Checked("fcntl(F_GETFL)", fcntl(socket.handle(), F_GETFL));
  Checked("fcntl(F_SETFL)",
          fcntl(socket.handle(), F_SETFL, flags | O_NONBLOCK));
  return socket;
}

// Blocks SIGPIPE in this thread and takes back the one that a write has raised
// meanwhile (it goes to the writing thread). Pipes have no MSG_NOSIGNAL, and
// ignoring the signal in the whole process would hide that the code under test
// raises it.
class NoSigpipe {
 public:
  NoSigpipe() : was_pending_(IsPending()) {
    const sigset_t sigpipe = OnlySigpipe();
    pthread_sigmask(SIG_BLOCK, &sigpipe, &old_mask_);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;
  ~NoSigpipe() {
    if (!was_pending_ && IsPending()) {
      const sigset_t sigpipe = OnlySigpipe();
      int signal = 0;
      sigwait(&sigpipe, &signal);
    }
    pthread_sigmask(SIG_SETMASK, &old_mask_, nullptr);
  }

 private:
  static sigset_t OnlySigpipe() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    return set;
  }
  static bool IsPending() {
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGPIPE) == 1;
  }

  const bool was_pending_;
  sigset_t old_mask_;
};

// Returns how many bytes fitted: 0 where it would block.
std::size_t WriteSome(Handle handle, absl::string_view data) {
  int error = 0;
  ssize_t written = 0;
  {
    const NoSigpipe no_sigpipe;
    do {
      written = write(handle, data.data(), data.size());
      error = errno;
    } while (written < 0 && error == EINTR);
  }
  if (written >= 0) return static_cast<std::size_t>(written);
  if (error == EAGAIN || error == EWOULDBLOCK) return 0;
  DieOfError("write", error);
}

// Fills the pipe in steps of `chunk`.
std::size_t Fill(Handle handle, absl::string_view chunk) {
  std::size_t total = 0;
  while (const std::size_t written = WriteSome(handle, chunk)) total += written;
  return total;
}

// One more than the largest number that a descriptor can have.
int DescriptorLimit() {
  // Limits can be infinite or huge, and descriptors opened before the limit was
  // lowered stay above it: neither is worth following in a test.
  constexpr rlim_t kMost = 1 << 20;
  rlimit limit = {};
  Checked("getrlimit", getrlimit(RLIMIT_NOFILE, &limit));
  return static_cast<int>(std::min(limit.rlim_cur, kMost));
}

// Bazel's folder for the test, or the system's. (Not gtest's TempDir:
// benchmarks use these helpers too.)
std::string TempDir() {
  for (const char* variable : {"TEST_TMPDIR", "TMPDIR"}) {
    const char* folder = std::getenv(variable);
    if (folder != nullptr && *folder != '\0') return folder;
  }
  return P_tmpdir;
}

}  // namespace

Pipe MakePipe() {
  int handles[2];
  Checked("pipe", pipe(handles));
  return {NonBlocking(CloseOnExec(handles[0])),
          NonBlocking(CloseOnExec(handles[1]))};
}

void WriteBytes(Handle handle, absl::string_view data) {
  const std::size_t written = WriteSome(handle, data);
  if (written != data.size()) {
    Die(absl::StrCat("WriteBytes: only ", written, " of ", data.size(),
                     " bytes fitted"));
  }
}

std::size_t FillPipe(Handle write_end) {
  // Large chunks for speed; then single bytes, as a pipe may refuse a large
  // chunk (up to PIPE_BUF bytes are written at once or not at all) and still
  // have room.
  const std::string chunk(std::size_t{1} << 12, 'x');
  const std::size_t large = Fill(write_end, chunk);
  return large + Fill(write_end, "x");
}

Socket OpenRegularFile() {
  std::string name = absl::StrCat(TempDir(), "/event_XXXXXX");
  Socket file = CloseOnExec(Checked("mkstemp", mkstemp(name.data())));
  Checked("unlink", unlink(name.c_str()));
  return file;
}

Socket OpenDirectory() {
  return Socket(Checked("open", open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
}

Socket Duplicate(Handle handle) {
  return Socket(
      Checked("fcntl(F_DUPFD_CLOEXEC)", fcntl(handle, F_DUPFD_CLOEXEC, 0)));
}

void DuplicateOnto(Handle from, Handle number) {
  if (from == number) Die("DuplicateOnto: a descriptor onto itself");
  int result = 0;
  do {
    result = dup2(from, number);
  } while (result < 0 && errno == EINTR);
  Checked("dup2", result);
  Checked("fcntl(F_SETFD)", fcntl(number, F_SETFD, FD_CLOEXEC));
}

std::set<int> OpenDescriptors() {
  // Asks for each number instead of listing /dev/fd, which not every system
  // fills, and which shows the descriptor that lists it.
  std::set<int> open;
  const int limit = DescriptorLimit();
  for (int number = 0; number < limit; ++number) {
    if (fcntl(number, F_GETFD) >= 0) open.insert(number);
  }
  return open;
}

bool IsCloseOnExec(Handle handle) {
  const int flags = Checked("fcntl(F_GETFD)", fcntl(handle, F_GETFD));
  return (flags & FD_CLOEXEC) != 0;
}

}  // namespace testing
}  // namespace event_selector
