#ifndef TESTS_KQUEUE_SHIM_SHIM_QUEUE_H_
#define TESTS_KQUEUE_SHIM_SHIM_QUEUE_H_

#include <poll.h>
#include <signal.h>
#include <sys/event.h>
#include <sys/types.h>
#include <time.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "tests/kqueue_shim/knote.h"
#include "tests/kqueue_shim/kqueue_shim.h"

namespace event_selector {
namespace testing {

// One queue. Thread-safe.
class ShimQueue {
 public:
  // `is_watched` is told of each descriptor that has knotes, and how many more.
  using CountKnotes = void (*)(int descriptor, int difference);
  ShimQueue(System system, CountKnotes count_knotes)
      : system_(system), count_knotes_(count_knotes) {}

  System system() const { return system_; }

  // Must succeed before anything else is called: false with errno set.
  bool Open();
  // What the process knows the queue by, and may watch by poll(2) or in another
  // queue: readable while there may be an event.
  int descriptor() const { return descriptor_; }
  // Closes the descriptors with `real_close`, and takes no lock: in a forked
  // child another thread may have held it.
  void CloseDescriptors(int (*real_close)(int));
  // Stops counting the knotes.
  void Forget();

  // Makes one change: 0 or an errno.
  int Apply(const struct kevent& change);

  // Sleeps, with the signals of `mask` blocked, until something is active or
  // `timeout`, if any, is over. Returns how many events it has written, or -1
  // with errno EINTR.
  int Wait(struct kevent* events, int room, const timespec* timeout,
           const sigset_t& mask, const KqueueFaults* faults);

  // `descriptor` is about to be closed.
  void Close(int descriptor);

  // The sending side of the socket with this inode was shut down.
  void HearShutdown(ino_t inode);

 private:
  static constexpr std::size_t kFilters = 3;      // With an epoll of their own.
  static constexpr std::size_t kKinds = 4;        // And EVFILT_VNODE.
  static constexpr std::size_t kFirstFilter = 1;  // In `polled_`.
  using Knotes = std::array<Knote, kKinds>;       // Of a descriptor.

  static constexpr std::size_t kNoFilter = kKinds;
  static std::size_t IndexOf(short filter);
  int EpollOf(std::size_t index) const {
    return polled_[kFirstFilter + index].fd;
  }
  Knotes& KnotesOf(int descriptor);
  int Attach(Knote& knote, std::size_t index, const struct kevent& change);
  void Detach(Knote& knote);
  int ApplyUser(const struct kevent& change);
  int ApplyProcess(const struct kevent& change);
  void SetParameters(Knote& knote, const struct kevent& change);
  void Enable(Knote& knote);
  void ActivateIfHolds(Knote& knote);
  bool Fill(Knote& knote, struct kevent& event);
  void Requeue(Knote& knote, const struct kevent& reported);

  void Drain();
  int Scan(struct kevent* events, int room, bool has_slept,
           const KqueueFaults* faults);
  void UpdateSignal();
  static void SetSignal(int signal, bool is_needed, bool& is_set);

  const System system_;
  const CountKnotes count_knotes_;
  int descriptor_ = -1;  // An epoll instance with those of `polled_`.
  // The eventfd that can be read while something is active, and an epoll
  // instance for each filter.
  std::array<pollfd, 1 + kFilters> polled_ = {};

  std::mutex mutex_;
  ActiveList active_;
  bool is_signalled_ = false;
  // Where one event wakes one of those who sleep: an eventfd of theirs, which
  // can be read while something is active that nobody was told of. Else -1.
  int fresh_signal_ = -1;
  bool is_fresh_signalled_ = false;
  std::vector<std::unique_ptr<Knotes>> knotes_;  // By descriptor.
  std::map<std::uintptr_t, Knote> users_;        // By ident.
  // EVFILT_PROC: by process ID, with a descriptor of the process.
  struct ProcessKnote {
    Knote knote;
    int descriptor = -1;
  };
  std::map<std::uintptr_t, ProcessKnote> processes_;
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_KQUEUE_SHIM_SHIM_QUEUE_H_
