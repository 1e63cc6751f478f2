#include "tests/kqueue_shim/kqueue_shim.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/event.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "event/internal/described_error.h"
#include "tests/kqueue_shim/shim_faults.h"
#include "tests/kqueue_shim/shim_queue.h"
#include "tests/kqueue_shim/socket_condition.h"
#include "tests/support/fatal.h"

namespace event_selector {
namespace testing {
namespace {

// The C library's function, or that of a sanitizer before it.
template <typename Function>
Function* Real(const char* name) {
  void* const symbol = dlsym(RTLD_NEXT, name);
  if (symbol == nullptr) Die("no such function in the C library");
  return reinterpret_cast<Function*>(symbol);
}

int RealClose(int descriptor) {
  static auto* const real = Real<int(int)>("close");
  return real(descriptor);
}

// That of the environment, or FreeBSD.
System FirstSystem() {
  const char* const name = getenv("KQUEUE_SHIM_SYSTEM");
  if (name == nullptr) return System::kFreeBsd;
  for (const System system : kSystems) {
    if (NameOf(system) == name) return system;
  }
  Die("KQUEUE_SHIM_SYSTEM names no system");
}

std::atomic<System>& CurrentSystem() {
  static std::atomic<System> system{FirstSystem()};
  return system;
}

thread_local int calls = 0;

// How many knotes and queues a descriptor has, so that closing any other costs
// nothing. Larger numbers always take the long way.
constexpr int kCounted = 1 << 16;
std::array<std::atomic<int>, kCounted> knote_counts = {};

void CountKnotes(int descriptor, int difference) {
  if (descriptor < kCounted) {
    knote_counts[static_cast<std::size_t>(descriptor)] += difference;
  }
}

bool MayBeWatched(int descriptor) {
  return descriptor >= kCounted ||
         (descriptor >= 0 &&
          knote_counts[static_cast<std::size_t>(descriptor)] != 0);
}

// Keeps signals waiting, as the kernel does within a system call.
class ScopedNoSignals {
 public:
  ScopedNoSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~ScopedNoSignals() {
    const int error = errno;
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = error;
  }
  const sigset_t& before() const { return before_; }

 private:
  sigset_t before_;
};

// All queues of the process.
class Registry {
 public:
  static Registry& Get() {
    static Registry& registry = *new Registry;
    return registry;
  }

  int Open(System system) {
    std::shared_ptr<ShimQueue> queue;
    // Memory first: what is open is to be in the list.
    const bool has_memory = internal::HasMemoryFor([&] {
      queue = std::make_shared<ShimQueue>(system, &CountKnotes);
      const std::lock_guard<std::mutex> lock(mutex_);
      queues_.reserve(queues_.size() + 1);
    });
    if (!has_memory) {
      errno = ENOMEM;
      return -1;
    }
    if (!queue->Open()) {
      const int error = errno;
      queue->CloseDescriptors(&RealClose);
      errno = error;
      return -1;
    }
    const int descriptor = queue->descriptor();
    const std::lock_guard<std::mutex> lock(mutex_);
    queues_.push_back(std::move(queue));
    CountKnotes(descriptor, 1);
    return descriptor;
  }

  std::shared_ptr<ShimQueue> Find(int descriptor) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const std::shared_ptr<ShimQueue>& queue : queues_) {
      if (queue->descriptor() == descriptor) return queue;
    }
    return nullptr;
  }

  // Linux does not tell epoll of it where the buffer is full.
  void HearShutdown(int descriptor) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const std::shared_ptr<ShimQueue>& queue : queues_) {
      queue->HearShutdown(status.st_ino);
    }
  }

  // `descriptor` is about to be closed. Whether it was a queue, and so is.
  bool Close(int descriptor) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const std::shared_ptr<ShimQueue>& queue : queues_) {
      queue->Close(descriptor);
    }
    const auto found = std::find_if(queues_.begin(), queues_.end(),
                                    [descriptor](const auto& queue) {
                                      return queue->descriptor() == descriptor;
                                    });
    if (found == queues_.end()) return false;
    CountKnotes(descriptor, -1);
    (*found)->Forget();
    (*found)->CloseDescriptors(&RealClose);
    queues_.erase(found);
    return true;
  }

 private:
  Registry() {
    pthread_atfork([] { Get().HoldForFork(); }, [] { Get().EndHold(); },
                   [] { Get().LoseAll(); });
  }

  // Holds signals back, too: a handler in the forking thread may call kevent(),
  // and would wait for the lock for ever.
  void HoldForFork() {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    mutex_.lock();
    mask_before_fork_ = before;
  }
  void EndHold() {
    const sigset_t before = mask_before_fork_;
    mutex_.unlock();
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  // In a child: a queue is not inherited. The objects stay, since their locks
  // may be held by threads that are not there.
  void LoseAll() {
    auto& lost =
        *new std::vector<std::shared_ptr<ShimQueue>>(std::move(queues_));
    queues_.clear();
    for (const auto& queue : lost) queue->CloseDescriptors(&RealClose);
    for (std::atomic<int>& count : knote_counts) {
      count.store(0, std::memory_order_relaxed);
    }
    EndHold();
  }

  std::mutex mutex_;
  sigset_t mask_before_fork_ = {};
  std::vector<std::shared_ptr<ShimQueue>> queues_;
};

bool IsNow(const timespec* timeout) {
  return timeout != nullptr && timeout->tv_sec == 0 && timeout->tv_nsec == 0;
}

// Makes the changes. Returns how many entries of `events` were filled, or -1
// with errno set.
int MakeChanges(ShimQueue& queue, const struct kevent* changes, int count,
                struct kevent* events, int room) {
  int filled = 0;
  for (int i = 0; i < count; ++i) {
    const bool is_receipt = (changes[i].flags & EV_RECEIPT) != 0;
    // XNU, kevent_internal: "while (nchanges > 0 && noutputs < nevents".
    if (filled == room && room > 0 && queue.system() == System::kMacOs) break;
    int error = ErrorOfChange(changes[i]);
    if (error == 0 &&
        !internal::HasMemoryFor([&] { error = queue.Apply(changes[i]); })) {
      error = ENOMEM;
    }
    if (error == 0 && !is_receipt) continue;
    // The change without room for its receipt is made, and ends the rest, and
    // the call says nothing of the receipts before: "if (nevents == 0) return
    // (error)" (FreeBSD, kern_event.c, kqueue_kevent; NetBSD and OpenBSD
    // alike).
    if (filled == room) {
      errno = error;
      return error == 0 ? 0 : -1;
    }
    events[filled] = changes[i];
    events[filled].flags = EV_ERROR;
    events[filled].data = error;
    ++filled;
  }
  return filled;
}

int CallKevent(int kq, const struct kevent* changes, int change_count,
               struct kevent* events, int room, const timespec* timeout) {
  if (const int error = BeginCall(change_count, room, timeout); error != 0) {
    errno = error;
    return -1;
  }
  // A cancellation point, if it may wait (FreeBSD, thr_syscalls.c).
  if (room > 0) pthread_testcancel();
  // Before the first lock, which a handler in this thread would wait for.
  const ScopedNoSignals no_signals;
  const std::shared_ptr<ShimQueue> queue = Registry::Get().Find(kq);
  if (queue == nullptr) {
    errno = EBADF;
    return -1;
  }
  if (timeout != nullptr && (timeout->tv_sec < 0 || timeout->tv_nsec < 0 ||
                             timeout->tv_nsec >= 1000 * 1000 * 1000)) {
    errno = EINVAL;
    return -1;
  }
  const int filled = MakeChanges(*queue, changes, change_count, events, room);
  if (change_count > 0 && TakeOne(&KqueueFaults::interrupted_changes)) {
    errno = EINTR;
    return -1;
  }
  const bool wants_receipts =
      change_count > 0 && (changes[0].flags & EV_RECEIPT) != 0;
  if (filled != 0 || room == 0 || wants_receipts) return filled;
  if (!IsNow(timeout) && TakeOne(&KqueueFaults::interrupted_waits)) {
    errno = EINTR;
    return -1;
  }
  if (timeout != nullptr && !IsNow(timeout) &&
      TakeOne(&KqueueFaults::times_over)) {
    return 0;
  }
  int count = queue->Wait(events, room, timeout, no_signals.before(),
                          InstalledFaults());
  AddStrayError(events, room, count);
  return count;
}

}  // namespace

std::string NameOf(System system) {
  switch (system) {
    case System::kFreeBsd:
      return "freebsd";
    case System::kNetBsd7:
      return "netbsd7";
    case System::kNetBsd:
      return "netbsd";
    case System::kOpenBsd:
      return "openbsd";
    case System::kMacOs:
      return "macos";
  }
  return "unknown";
}

ScopedSystem::ScopedSystem(System system)
    : before_(CurrentSystem().exchange(system)) {}

ScopedSystem::~ScopedSystem() { CurrentSystem() = before_; }

int KqueueCalls() { return calls; }

}  // namespace testing
}  // namespace event_selector

// The functions of the system. __THROW is how glibc declares those that are no
// cancellation points.
extern "C" {

int kqueue() {
  ++event_selector::testing::calls;
  const event_selector::testing::KqueueFaults* const faults =
      event_selector::testing::InstalledFaults();
  if (faults != nullptr && faults->queue_error != 0) {
    errno = faults->queue_error;
    return -1;
  }
  const event_selector::testing::ScopedNoSignals no_signals;
  return event_selector::testing::Registry::Get().Open(
      event_selector::testing::CurrentSystem());
}

int kevent(int kq, const struct kevent* changes, int change_count,
           struct kevent* events, int room, const struct timespec* timeout) {
  ++event_selector::testing::calls;
  event_selector::testing::PassMoment();
  const int result = event_selector::testing::CallKevent(
      kq, changes, change_count, events, room, timeout);
  event_selector::testing::PassMoment();
  return result;
}

int close(int descriptor) {
  if (event_selector::testing::MayBeWatched(descriptor)) {
    const event_selector::testing::ScopedNoSignals no_signals;
    if (event_selector::testing::Registry::Get().Close(descriptor)) return 0;
  }
  return event_selector::testing::RealClose(descriptor);
}

int shutdown(int descriptor, int how) __THROW {
  static auto* const real =
      event_selector::testing::Real<int(int, int)>("shutdown");
  const event_selector::testing::ScopedNoSignals no_signals;
  event_selector::testing::NoteShutdown(descriptor, how);
  const int result = real(descriptor, how);
  const int error = errno;
  if (result != 0) {
    event_selector::testing::ForgetShutdown(descriptor);
  } else if (how != SHUT_RD) {
    event_selector::testing::Registry::Get().HearShutdown(descriptor);
  }
  errno = error;
  return result;
}

int dup2(int from, int to) __THROW {
  static auto* const real =
      event_selector::testing::Real<int(int, int)>("dup2");
  if (from != to && event_selector::testing::MayBeWatched(to)) {
    const event_selector::testing::ScopedNoSignals no_signals;
    event_selector::testing::Registry::Get().Close(to);
  }
  return real(from, to);
}

int dup3(int from, int to, int flags) __THROW {
  static auto* const real =
      event_selector::testing::Real<int(int, int, int)>("dup3");
  if (from != to && event_selector::testing::MayBeWatched(to)) {
    const event_selector::testing::ScopedNoSignals no_signals;
    event_selector::testing::Registry::Get().Close(to);
  }
  return real(from, to, flags);
}

}  // extern "C"
