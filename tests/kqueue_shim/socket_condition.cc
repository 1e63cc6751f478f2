#include "tests/kqueue_shim/socket_condition.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/event.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>

#include "tests/kqueue_shim/condition.h"
#include "tests/kqueue_shim/kqueue_shim.h"

namespace event_selector {
namespace testing {
namespace {

// The sockets whose sending side was shut down, by inode. (Numbers of sockets
// that are gone stay: they are not used again soon.)
class Shutdowns {
 public:
  static Shutdowns& Get() {
    static Shutdowns& shutdowns = *new Shutdowns;
    return shutdowns;
  }
  void Add(int descriptor) {
    const std::lock_guard<std::mutex> lock(mutex_);
    inodes_.insert(InodeOf(descriptor));
  }
  void Remove(int descriptor) {
    const std::lock_guard<std::mutex> lock(mutex_);
    inodes_.erase(InodeOf(descriptor));
  }
  bool Has(int descriptor) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return !inodes_.empty() && inodes_.count(InodeOf(descriptor)) > 0;
  }

 private:
  static ino_t InodeOf(int descriptor) {
    struct stat status;
    return fstat(descriptor, &status) == 0 ? status.st_ino : 0;
  }

  std::mutex mutex_;
  std::set<ino_t> inodes_;
};

std::int64_t CountOf(int descriptor, unsigned long request) {
  int count = 0;
  return ioctl(descriptor, request, &count) == 0 ? count : 0;
}

// Whether a low-water mark is above what there is.
bool IsBelowMark(System system, int descriptor, short filter,
                 unsigned int fflags, std::int64_t mark) {
  if ((fflags & NOTE_LOWAT) == 0) return false;
  if (filter == EVFILT_READ) {
    constexpr std::int64_t kMacOsBuffer = 128 * 1024;
    if (system == System::kMacOs && mark > kMacOsBuffer) mark = kMacOsBuffer;
    return CountOf(descriptor, FIONREAD) < mark;
  }
  // How much room there is, Linux does not say. On macOS all of the buffer is
  // enough, elsewhere a high mark is out of reach.
  return system != System::kMacOs || CountOf(descriptor, SIOCOUTQ) > 0;
}

// SO_ERROR gives the error away. A TCP connection that never was has measured
// no time of a round trip.
int ErrorOf(int descriptor) {
  tcp_info info = {};
  socklen_t size = sizeof(info);
  const bool is_tcp =
      getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) == 0;
  return is_tcp && info.tcpi_rtt == 0 ? ECONNREFUSED : ECONNRESET;
}

std::optional<Condition> AskListener(System system, FileKind kind, short filter,
                                     int polled) {
  // NetBSD, OpenBSD: sokqfilter chooses solisten_filtops or soread_filtops when
  // the filter is added, and the latter looks at bytes only.
  const bool is_chosen_when_added = system == System::kNetBsd7 ||
                                    system == System::kNetBsd ||
                                    system == System::kOpenBsd;
  if (filter != EVFILT_READ || (polled & POLLIN) == 0 ||
      (is_chosen_when_added && kind != FileKind::kListener)) {
    return std::nullopt;
  }
  Condition condition;
  condition.data = 1;  // How many wait, Linux does not say.
  return condition;
}

}  // namespace

bool IsListener(int descriptor) {
  int is_listening = 0;
  socklen_t size = sizeof(is_listening);
  return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &is_listening,
                    &size) == 0 &&
         is_listening != 0;
}

void NoteShutdown(int descriptor, int how) {
  if (how != SHUT_RD) Shutdowns::Get().Add(descriptor);
}

void ForgetShutdown(int descriptor) { Shutdowns::Get().Remove(descriptor); }

std::optional<Condition> AskSocket(System system, int descriptor, FileKind kind,
                                   short filter, unsigned int fflags,
                                   std::int64_t data, int polled) {
  if (IsListener(descriptor)) {
    return AskListener(system, kind, filter, polled);
  }
  // Linux says so of a stream that was never connected: "(so->so_state &
  // SS_ISCONNECTED) == 0 && PR_CONNREQUIRED" is no condition (filt_sowrite).
  const bool was_never_connected =
      (polled & POLLHUP) != 0 && (polled & (POLLRDHUP | POLLERR)) == 0;
  if (was_never_connected) return std::nullopt;
  const bool is_error = (polled & POLLERR) != 0;
  const bool is_read = filter == EVFILT_READ;
  const bool is_end =
      (polled & POLLHUP) != 0 ||
      (is_read ? (polled & POLLRDHUP) != 0 : Shutdowns::Get().Has(descriptor));
  const int wanted = is_read ? POLLIN : POLLOUT;
  if (!is_end && !is_error &&
      ((polled & wanted) == 0 ||
       IsBelowMark(system, descriptor, filter, fflags, data))) {
    return std::nullopt;
  }
  Condition condition;
  if (is_end) {
    condition.flags = EV_EOF;
    condition.fflags =
        is_error ? static_cast<unsigned int>(ErrorOf(descriptor)) : 0;
  }
  if (is_read) condition.data = CountOf(descriptor, FIONREAD);
  return condition;
}

}  // namespace testing
}  // namespace event_selector
