#include "tests/kqueue_shim/shim_queue.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/event.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "tests/kqueue_shim/condition.h"
#include "tests/kqueue_shim/knote.h"
#include "tests/kqueue_shim/kqueue_shim.h"

namespace event_selector {
namespace testing {
namespace {

constexpr unsigned short kLasting =
    EV_ONESHOT | EV_CLEAR | EV_RECEIPT | EV_DISPATCH;

bool Has(const struct kevent& event, unsigned short flag) {
  return (event.flags & flag) != 0;
}

// In `epoll_event::data`, beside a process ID.
constexpr std::uint64_t kProcess = std::uint64_t{1} << 63;

// Not close(2), which the stand-in has taken over.
void RealCloseOf(int descriptor) { syscall(SYS_close, descriptor); }

// What the kernel has of ppoll(2): writes the time that is left to `timeout`.
// As in the C library's, the thread may be cancelled while it sleeps.
int Sleep(pollfd* entries, std::size_t count, timespec* timeout,
          const sigset_t& mask) {
  constexpr std::size_t kMaskSize = 8;
  int type = 0;
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &type);
  const int result = static_cast<int>(
      syscall(SYS_ppoll, entries, count, timeout, &mask, kMaskSize));
  pthread_setcanceltype(type, nullptr);
  return result;
}

// How long `system` waits at least for `timeout`. NetBSD, tstohz(), and
// OpenBSD, tsleep_nsec(), count ticks of the clock, of 10 ms: they round up,
// and add one since the present tick has begun already.
timespec InTicks(System system, const timespec& timeout) {
  constexpr long kTick = 10 * 1000 * 1000;
  constexpr long kSecond = 1000 * 1000 * 1000;
  const bool is_zero = timeout.tv_sec == 0 && timeout.tv_nsec == 0;
  const bool counts_ticks = system == System::kNetBsd7 ||
                            system == System::kNetBsd ||
                            system == System::kOpenBsd;
  if (is_zero || !counts_ticks) return timeout;
  timespec result = timeout;
  result.tv_nsec = (timeout.tv_nsec + kTick - 1) / kTick * kTick + kTick;
  result.tv_sec += result.tv_nsec / kSecond;
  result.tv_nsec %= kSecond;
  return result;
}

}  // namespace

std::size_t ShimQueue::IndexOf(short filter) {
  switch (filter) {
    case EVFILT_READ:
      return 0;
    case EVFILT_WRITE:
      return 1;
    case EVFILT_EXCEPT:
      return 2;
    case EVFILT_VNODE:
      return 3;
    default:
      return kNoFilter;
  }
}

bool ShimQueue::Open() {
  polled_[0].fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  bool is_open = polled_[0].fd >= 0;
  for (std::size_t i = 0; i < kFilters; ++i) {
    polled_[kFirstFilter + i].fd = is_open ? epoll_create1(EPOLL_CLOEXEC) : -1;
    is_open = is_open && EpollOf(i) >= 0;
  }
  descriptor_ = is_open ? epoll_create1(EPOLL_CLOEXEC) : -1;
  is_open = is_open && descriptor_ >= 0;
  for (pollfd& entry : polled_) {
    entry.events = POLLIN;
    epoll_event watched = {};
    watched.events = EPOLLIN;
    is_open = is_open &&
              epoll_ctl(descriptor_, EPOLL_CTL_ADD, entry.fd, &watched) == 0;
  }
  if (is_open && system_ == System::kNetBsd7) {
    fresh_signal_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    is_open = fresh_signal_ >= 0;
  }
  return is_open;
}

void ShimQueue::CloseDescriptors(int (*real_close)(int)) {
  for (pollfd& entry : polled_) {
    if (entry.fd >= 0) real_close(entry.fd);
    entry.fd = -1;
  }
  if (descriptor_ >= 0) real_close(descriptor_);
  descriptor_ = -1;
  if (fresh_signal_ >= 0) real_close(fresh_signal_);
  fresh_signal_ = -1;
  for (auto& [pid, process] : processes_) {
    if (process.descriptor >= 0) real_close(process.descriptor);
    process.descriptor = -1;
  }
}

void ShimQueue::Forget() {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const std::unique_ptr<Knotes>& knotes : knotes_) {
    if (knotes == nullptr) continue;
    for (const Knote& knote : *knotes) {
      if (knote.is_used) count_knotes_(static_cast<int>(knote.event.ident), -1);
    }
  }
}

ShimQueue::Knotes& ShimQueue::KnotesOf(int descriptor) {
  const auto index = static_cast<std::size_t>(descriptor);
  if (index >= knotes_.size()) knotes_.resize(index + 1);
  if (knotes_[index] == nullptr) knotes_[index] = std::make_unique<Knotes>();
  return *knotes_[index];
}

// ---- Changes

int ShimQueue::Apply(const struct kevent& change) {
  const std::lock_guard<std::mutex> lock(mutex_);
  int error = 0;
  if (change.filter == EVFILT_USER) {
    error = ApplyUser(change);
    UpdateSignal();
    return error;
  }
  if (change.filter == EVFILT_PROC) {
    error = ApplyProcess(change);
    UpdateSignal();
    return error;
  }
  const std::size_t index = IndexOf(change.filter);
  if (index == kNoFilter) return EINVAL;
  const int descriptor = static_cast<int>(change.ident);
  if (fcntl(descriptor, F_GETFD) < 0) return EBADF;
  const auto place = static_cast<std::size_t>(descriptor);
  const bool is_fresh = place >= knotes_.size() || knotes_[place] == nullptr ||
                        !(*knotes_[place])[index].is_used;
  if (is_fresh && !Has(change, EV_ADD)) return ENOENT;
  // Allocates for what is added only.
  Knote& knote = KnotesOf(descriptor)[index];
  if (Has(change, EV_DELETE)) {
    if (is_fresh) return ENOENT;
    Detach(knote);
    UpdateSignal();
    return 0;
  }
  if (is_fresh) error = Attach(knote, index, change);
  if (error != 0) return error;
  // FreeBSD and XNU, kqueue_register: each change but EV_DELETE replaces them
  // and looks. NetBSD and OpenBSD do so for EV_ADD only.
  const bool is_whole = Has(change, EV_ADD) || system_ == System::kFreeBsd ||
                        system_ == System::kMacOs;
  if (is_whole) SetParameters(knote, change);
  if (Has(change, EV_DISABLE)) {
    knote.is_disabled = true;
    active_.Take(knote);
  }
  if (Has(change, EV_ENABLE)) Enable(knote);
  if (is_whole) ActivateIfHolds(knote);
  UpdateSignal();
  return 0;
}

void ShimQueue::Enable(Knote& knote) {
  if (!knote.is_disabled) return;
  knote.is_disabled = false;
  const bool was_touched = std::exchange(knote.is_touched, false);
  switch (system_) {
    case System::kNetBsd7:
    case System::kNetBsd:
      // "knote_enqueue(kn)": what it was told meanwhile, without a look.
      if (was_touched) active_.PushBack(knote);
      break;
    default:
      ActivateIfHolds(knote);
  }
}

int ShimQueue::Attach(Knote& knote, std::size_t index,
                      const struct kevent& change) {
  const int descriptor = static_cast<int>(change.ident);
  const FileKind kind = KindOf(descriptor);
  const int error = WhyNotAdded(system_, descriptor, kind, change.filter);
  if (error != 0) return error;
  if (kind != FileKind::kVnode) {
    epoll_event event = {};
    event.events = EpollEventsOf(change.filter);
    event.data.fd = descriptor;
    if (epoll_ctl(EpollOf(index), EPOLL_CTL_ADD, descriptor, &event) != 0) {
      return errno == ENOMEM || errno == ENOSPC ? ENOMEM : EINVAL;
    }
  }
  knote = Knote();
  knote.is_used = true;
  knote.kind = kind;
  knote.event.ident = change.ident;
  knote.event.filter = change.filter;
  knote.event.flags = change.flags & kLasting;
  count_knotes_(descriptor, 1);
  return 0;
}

void ShimQueue::SetParameters(Knote& knote, const struct kevent& change) {
  knote.event.fflags = change.fflags;
  knote.event.data = change.data;
  knote.event.udata = change.udata;
}

void ShimQueue::Detach(Knote& knote) {
  active_.Take(knote);
  knote.is_used = false;
  if (knote.event.filter == EVFILT_USER) return;
  if (knote.event.filter == EVFILT_PROC) {
    int& process = processes_[knote.event.ident].descriptor;
    RealCloseOf(std::exchange(process, -1));
    return;
  }
  const int descriptor = static_cast<int>(knote.event.ident);
  if (knote.kind != FileKind::kVnode) {
    epoll_ctl(EpollOf(IndexOf(knote.event.filter)), EPOLL_CTL_DEL, descriptor,
              nullptr);
  }
  count_knotes_(descriptor, -1);
}

int ShimQueue::ApplyUser(const struct kevent& change) {
  const auto found = users_.find(change.ident);
  const bool is_fresh = found == users_.end() || !found->second.is_used;
  if (is_fresh && !Has(change, EV_ADD)) return ENOENT;
  Knote& knote = users_[change.ident];
  if (is_fresh) {
    knote = Knote();
    knote.is_used = true;
    knote.event = change;
    knote.event.flags = change.flags & kLasting;
  }
  if (Has(change, EV_DELETE)) {
    Detach(knote);
    return 0;
  }
  knote.event.udata = change.udata;
  if (Has(change, EV_DISABLE)) knote.is_disabled = true;
  if (Has(change, EV_ENABLE)) knote.is_disabled = false;
  // FreeBSD, kern_event.c: of one that is new, filt_userattach() does not heed
  // NOTE_TRIGGER. filt_usertouch() does, and then "if (kev->flags & EV_CLEAR)
  // kn->kn_hookid = 0".
  if (is_fresh) return 0;
  if ((change.fflags & NOTE_TRIGGER) != 0) knote.is_triggered = true;
  if (Has(change, EV_CLEAR)) {
    knote.is_triggered = false;
    active_.Take(knote);
  }
  if (knote.is_triggered && !knote.is_disabled) active_.PushBack(knote);
  return 0;
}

// NOTE_EXIT alone, once (kqueue(2): "The event is automatically detached"). A
// process that has ended is found by FreeBSD only (kern_event.c,
// filt_procattach); others say ESRCH.
int ShimQueue::ApplyProcess(const struct kevent& change) {
  if (!Has(change, EV_ADD) || change.fflags != NOTE_EXIT) return EINVAL;
  const auto pid = static_cast<pid_t>(change.ident);
  constexpr long kPidfdOpen = 434;
  const auto descriptor = static_cast<int>(syscall(kPidfdOpen, pid, 0));
  if (descriptor < 0) return errno;
  pollfd entry = {descriptor, POLLIN, 0};
  if (system_ != System::kFreeBsd && poll(&entry, 1, 0) > 0) {
    RealCloseOf(descriptor);
    return ESRCH;
  }
  ProcessKnote& process = processes_[change.ident];
  if (process.descriptor >= 0) RealCloseOf(process.descriptor);
  process.descriptor = descriptor;
  process.knote.is_used = true;
  process.knote.event = change;
  process.knote.event.flags = EV_ONESHOT;
  epoll_event event = {};
  event.events = EPOLLIN | EPOLLET;
  event.data.u64 = kProcess | change.ident;
  epoll_ctl(EpollOf(0), EPOLL_CTL_ADD, descriptor, &event);
  return 0;
}

void ShimQueue::ActivateIfHolds(Knote& knote) {
  if (knote.is_disabled || knote.kind == FileKind::kVnode) return;
  struct kevent unused;
  if (Fill(knote, unused)) active_.PushBack(knote);
}

void ShimQueue::Close(int descriptor) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto index = static_cast<std::size_t>(descriptor);
  if (descriptor < 0 || index >= knotes_.size() || knotes_[index] == nullptr) {
    return;
  }
  for (Knote& knote : *knotes_[index]) {
    if (knote.is_used) Detach(knote);
  }
  UpdateSignal();
}

void ShimQueue::HearShutdown(ino_t inode) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::size_t index = IndexOf(EVFILT_WRITE);
  for (const std::unique_ptr<Knotes>& knotes : knotes_) {
    if (knotes == nullptr || !(*knotes)[index].is_used) continue;
    Knote& knote = (*knotes)[index];
    struct stat status;
    if (fstat(static_cast<int>(knote.event.ident), &status) == 0 &&
        status.st_ino == inode) {
      ActivateIfHolds(knote);
    }
  }
  UpdateSignal();
}

// ---- Waiting

int ShimQueue::Wait(struct kevent* events, int room, const timespec* timeout,
                    const sigset_t& mask, const KqueueFaults* faults) {
  timespec left = timeout == nullptr ? timespec() : InTicks(system_, *timeout);
  bool has_slept = false;
  for (bool is_over =
           timeout != nullptr && left.tv_sec == 0 && left.tv_nsec == 0;
       ;) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      Drain();
      const int count = Scan(events, room, has_slept, faults);
      UpdateSignal();
      if (count > 0 || is_over) return count;
    }
    std::array<pollfd, 1 + kFilters> polled = polled_;
    if (fresh_signal_ >= 0) polled[0].fd = fresh_signal_;
    const int ready = Sleep(polled.data(), polled.size(),
                            timeout == nullptr ? nullptr : &left, mask);
    if (ready < 0) return -1;
    is_over = ready == 0;
    has_slept = true;
  }
}

// Activates what epoll has heard of.
void ShimQueue::Drain() {
  std::array<pollfd, 1 + kFilters> polled = polled_;
  if (poll(&polled[kFirstFilter], kFilters, 0) <= 0) return;
  constexpr int kRoom = 64;
  std::array<epoll_event, kRoom> heard;
  for (std::size_t i = 0; i < kFilters; ++i) {
    if (polled[kFirstFilter + i].revents == 0) continue;
    int count = 0;
    do {
      count = epoll_wait(EpollOf(i), heard.data(), kRoom, 0);
      for (int j = 0; j < count; ++j) {
        const epoll_event& event = heard[static_cast<std::size_t>(j)];
        if ((event.data.u64 & kProcess) != 0) {
          active_.PushBack(processes_[event.data.u64 & ~kProcess].knote);
          continue;
        }
        Knote& knote = (*knotes_[static_cast<std::size_t>(event.data.fd)])[i];
        // Whether its condition holds, the scan asks.
        if (!knote.is_used || !IsLookedAt(system_, knote.kind,
                                          knote.event.filter, event.events)) {
          continue;
        }
        if (knote.is_disabled) {
          knote.is_touched = true;
        } else {
          active_.PushBack(knote);
        }
      }
    } while (count == kRoom);
  }
}

// Whether the condition of `knote` holds; then `event` is what it reports.
bool ShimQueue::Fill(Knote& knote, struct kevent& event) {
  event = knote.event;
  if (event.filter == EVFILT_USER) {
    event.fflags = 0;
    event.data = 0;
    return knote.is_triggered;
  }
  if (event.filter == EVFILT_PROC) {
    siginfo_t info = {};
    const bool is_known = waitid(P_PID, static_cast<id_t>(event.ident), &info,
                                 WEXITED | WNOHANG | WNOWAIT) == 0;
    event.flags |= EV_EOF;
    event.fflags = NOTE_EXIT;
    // As wait(2) has it. The kernels still know it of a child that was reaped.
    event.data = !is_known                    ? 0
                 : info.si_code == CLD_EXITED ? info.si_status << 8
                                              : info.si_status;
    return true;
  }
  const std::optional<Condition> condition =
      Ask(system_, static_cast<int>(event.ident), knote.kind, event.filter,
          event.fflags, event.data);
  if (!condition.has_value()) return false;
  event.flags |= condition->flags;
  event.fflags = condition->fflags;
  event.data = condition->data;
  return true;
}

// What becomes of a knote that was reported.
void ShimQueue::Requeue(Knote& knote, const struct kevent& reported) {
  // FreeBSD, sys_pipe.c, pipeclose: knlist_clear() of the write filters makes
  // them EV_EOF | EV_ONESHOT.
  const bool is_cleared = system_ == System::kFreeBsd &&
                          knote.event.filter == EVFILT_WRITE &&
                          Has(reported, EV_EOF) &&
                          (knote.kind == FileKind::kPipeReadEnd ||
                           knote.kind == FileKind::kPipeWriteEnd);
  if (Has(knote.event, EV_ONESHOT) || is_cleared) {
    Detach(knote);
    return;
  }
  if (Has(knote.event, EV_DISPATCH)) knote.is_disabled = true;
  if (Has(knote.event, EV_CLEAR)) knote.is_triggered = false;
  if (!Has(knote.event, EV_CLEAR | EV_DISPATCH)) active_.PutBack(knote);
}

// Each of those that are active now has one turn; who stays active has the next
// one behind the others.
//
// NetBSD 7.99, kern_event.c, kqueue_scan: a level event is off the list while
// it is reported, and put back without another cv_broadcast(). Who was woken by
// it, too, finds "kq->kq_count == 0" and sleeps on.
int ShimQueue::Scan(struct kevent* events, int room, bool has_slept,
                    const KqueueFaults* faults) {
  if (faults != nullptr && faults->most_entries > 0) {
    room = std::min(room, faults->most_entries);
  }
  int count = 0;
  const bool is_fresh_only = has_slept && fresh_signal_ >= 0;
  std::size_t turns = is_fresh_only ? active_.fresh() : active_.size();
  for (; turns > 0 && count < room; --turns) {
    Knote& knote = is_fresh_only ? *active_.FirstFresh() : *active_.front();
    active_.Take(knote);
    const bool is_second =
        faults != nullptr && faults->is_split &&
        std::any_of(events, events + count, [&knote](const auto& event) {
          return event.ident == knote.event.ident &&
                 event.filter != EVFILT_USER;
        });
    if (is_second) {  // The first of the next call.
      active_.PushFront(knote);
      break;
    }
    if (Fill(knote, events[count])) {
      Requeue(knote, events[count]);
      ++count;
    }
  }
  if (faults != nullptr && faults->is_reversed) {
    std::reverse(events, events + count);
  }
  return count;
}

void ShimQueue::UpdateSignal() {
  SetSignal(polled_[0].fd, active_.size() > 0, is_signalled_);
  if (fresh_signal_ >= 0) {
    SetSignal(fresh_signal_, active_.fresh() > 0, is_fresh_signalled_);
  }
}

void ShimQueue::SetSignal(int signal, bool is_needed, bool& is_set) {
  if (is_needed == is_set) return;
  is_set = is_needed;
  std::uint64_t count = 1;
  if (is_needed) {
    (void)!write(signal, &count, sizeof(count));
  } else {
    (void)!read(signal, &count, sizeof(count));
  }
}

}  // namespace testing
}  // namespace event_selector
