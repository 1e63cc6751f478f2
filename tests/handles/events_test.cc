// Descriptors that carry events: rows H16 to H27 and H86 of docs/handles.md.

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/handles/handles_test.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

class Events : public HandlesTest {};
EVENT_INSTANTIATE_HANDLES(Events);

void Write64(Handle handle, std::uint64_t value) {
  ASSERT_EQ(write(handle, &value, sizeof(value)), 8);
}

// What one read of a counter returns, 0 for an error.
std::uint64_t Read64(Handle handle) {
  std::uint64_t value;
  return read(handle, &value, sizeof(value)) == 8 ? value : 0;
}

TEST_P(Events, H16Eventfd) {
  const Socket counter(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  ASSERT_EQ(Add(counter.handle(), kAll), "OK");
  EXPECT_EQ(See("0"), "writable");
  Write64(counter.handle(), 5);
  EXPECT_EQ(See("5"), "readable+writable");
  EXPECT_EQ(Read64(counter.handle()), 5u);
  EXPECT_EQ(See("read"), "writable");
  Write64(counter.handle(), UINT64_MAX - 1);
  EXPECT_EQ(See("at its limit"), "readable");
}

TEST_P(Events, H17EventfdSemaphore) {
  const Socket counter(eventfd(2, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE));
  const bool has_edge = Supports(Mode::kEdge);
  ASSERT_EQ(Add(counter.handle(), Interest::kReadable,
                has_edge ? Mode::kEdge : Mode::kLevel),
            "OK");
  EXPECT_EQ(See("2"), has_edge ? "readable once" : "readable");
  EXPECT_EQ(Read64(counter.handle()), 1u);
  EXPECT_EQ(See("one read"), has_edge ? "nothing" : "readable");
  Write64(counter.handle(), 1);
  EXPECT_EQ(See("one more"), has_edge ? "readable once" : "readable");
}

void Arm(Handle timer, long nanoseconds) {
  itimerspec due = {};
  due.it_value.tv_nsec = nanoseconds;
  ASSERT_EQ(timerfd_settime(timer, 0, &due, nullptr), 0);
}

TEST_P(Events, H18Timerfd) {
  const Socket timer(
      timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  ASSERT_EQ(Add(timer.handle(), kAll), "OK");
  EXPECT_EQ(See("not armed"), "nothing");
  Arm(timer.handle(), 1);
  EXPECT_EQ(SeeSoon("due"), "readable");
  Arm(timer.handle(), 0);
  EXPECT_EQ(See("disarmed unread"), "nothing");
  Arm(timer.handle(), 1);
  EXPECT_EQ(SeeSoon("due again"), "readable");
  EXPECT_EQ(Read64(timer.handle()), 1u);
  EXPECT_EQ(See("read"), "nothing");
}

// Without a clock that can wake the machine it works all the same, and wakes
// nobody: no call says so.
TEST_P(Events, H19TimerfdAlarm) {
  const Socket timer(
      timerfd_create(CLOCK_BOOTTIME_ALARM, TFD_CLOEXEC | TFD_NONBLOCK));
  EVENT_HANDLES_NEED(timer.valid(), "CAP_WAKE_ALARM");
  ASSERT_EQ(Add(timer.handle(), kAll), "OK");
  Arm(timer.handle(), 1);
  EXPECT_EQ(SeeSoon("due"), "readable");
}

class BlockedSignal {
 public:
  BlockedSignal() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &set_, &before_);
  }
  ~BlockedSignal() {
    const timespec none = {};
    while (sigtimedwait(&set_, nullptr, &none) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  const sigset_t& set() const { return set_; }

 private:
  sigset_t set_;
  sigset_t before_;
};

TEST_P(Events, H20Signalfd) {
  const BlockedSignal signal;
  const Socket signals(signalfd(-1, &signal.set(), SFD_CLOEXEC | SFD_NONBLOCK));
  ASSERT_EQ(Add(signals.handle(), kAll), "OK");
  EXPECT_EQ(See("no signal"), "nothing");
  ASSERT_EQ(kill(getpid(), SIGUSR2), 0);
  EXPECT_EQ(See("to the process"), "readable");
  signalfd_siginfo info;
  ASSERT_EQ(read(signals.handle(), &info, sizeof(info)),
            static_cast<long>(sizeof(info)));
  EXPECT_EQ(See("read"), "nothing");
}

// It answers for the thread that asks.
TEST_P(Events, H21SignalfdOfAThread) {
  const BlockedSignal signal;
  const Socket signals(signalfd(-1, &signal.set(), SFD_CLOEXEC | SFD_NONBLOCK));
  ASSERT_EQ(Add(signals.handle(), kAll), "OK");
  ASSERT_EQ(pthread_kill(pthread_self(), SIGUSR2), 0);
  if (TakesAnyThread()) {
    std::thread([&] {
      EXPECT_EQ(See("another thread waits"), "nothing");
    }).join();
  }
  EXPECT_EQ(See("the signal's thread waits"),
            TakesAnyThread() && !IsPoll() ? "nothing" : "readable");
  if (!IsPoll()) {
    ModifyAgain();
    EXPECT_EQ(See("Modify"), "readable");
  }
}

constexpr unsigned kPidfdThread = O_EXCL;  // PIDFD_THREAD

int OpenPid(pid_t pid, unsigned flags = 0) {
  return static_cast<int>(syscall(SYS_pidfd_open, pid, flags));
}

TEST_P(Events, H22Pidfd) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[1]);
    char byte;
    _exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
  }
  close(ends[0]);
  const Socket process(OpenPid(child));
  if (!process.valid()) {
    close(ends[1]);
    waitpid(child, nullptr, 0);
    EVENT_HANDLES_NEED(false, "pidfd_open");
  }
  ASSERT_EQ(Add(process.handle(), kAll), "OK");
  EXPECT_EQ(See("it runs"), "nothing");
  close(ends[1]);
  EXPECT_EQ(SeeSoon("it has ended"), "readable");
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_EQ(See("reaped"), "readable+hangup");
}

// As ps(1) shows it: 'R', 'S', 'Z'; a blank if there is no such process.
char StateOf(pid_t process) {
  std::ifstream file(absl::StrCat("/proc/", process, "/stat"));
  std::string line;
  std::getline(file, line);
  const std::size_t name_ends = line.rfind(") ");
  return name_ends == std::string::npos ? ' ' : line[name_ends + 2];
}

// The first thread of a process ends, another one goes on.
TEST_P(Events, H86PidfdOfALeaderThatHasEnded) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[1]);
    std::thread([&] {
      char byte;
      _exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
    }).detach();
    syscall(SYS_exit, 0);
  }
  close(ends[0]);
  const Socket process(OpenPid(child));
  const Socket leader(OpenPid(child, kPidfdThread));
  const bool is_known = process.valid() && leader.valid();
  if (is_known) {
    while (StateOf(child) != 'Z') std::this_thread::yield();
    EXPECT_EQ(Add(process.handle(), kAll), "OK");
    EXPECT_EQ(See("its first thread has ended"), "nothing");
    // Nor does the first thread's own pidfd tell.
    EXPECT_FALSE(AwaitReadable(leader.handle(), absl::ZeroDuration()));
  }
  close(ends[1]);
  if (is_known) {
    EXPECT_EQ(SeeSoon("all have"), "readable");
    EXPECT_TRUE(AwaitReadable(leader.handle(), kForSure));
  }
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EVENT_HANDLES_NEED(is_known, "PIDFD_THREAD (Linux 6.9)");
}

// PIDFD_THREAD, Linux 6.9.
TEST_P(Events, H23PidfdOfAThread) {
  const Pipe end = MakePipe();
  const Pipe begin = MakePipe();
  pid_t id = 0;
  std::thread other([&] {
    id = static_cast<pid_t>(syscall(SYS_gettid));
    WriteBytes(begin.write_end.handle(), "x");
    EXPECT_TRUE(AwaitReadable(end.read_end.handle(), kForSure));
  });
  EXPECT_TRUE(AwaitReadable(begin.read_end.handle(), kForSure));
  const Socket thread(OpenPid(id, kPidfdThread));
  const bool is_known = thread.valid();
  if (is_known) {
    EXPECT_EQ(Add(thread.handle(), kAll), "OK");
    EXPECT_EQ(See("it runs"), "nothing");
  }
  WriteBytes(end.write_end.handle(), "x");
  other.join();
  EVENT_HANDLES_NEED(is_known, "PIDFD_THREAD (Linux 6.9)");
  EXPECT_EQ(SeeSoon("it has ended"), "readable+hangup");
}

std::string NewFolder(const char* name) {
  std::string folder = ::testing::TempDir() + "/" + name + "_XXXXXX";
  return mkdtemp(folder.data()) == nullptr ? "" : folder;
}

TEST_P(Events, H24Inotify) {
  const std::string folder = NewFolder("inotify");
  const Socket changes(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  ASSERT_GE(inotify_add_watch(changes.handle(), folder.c_str(), IN_CREATE), 0);
  ASSERT_EQ(Add(changes.handle(), kAll), "OK");
  EXPECT_EQ(See("no change"), "nothing");
  const std::string file = folder + "/file";
  close(open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  EXPECT_EQ(See("a file made"), "readable");
  char too_small[4];
  NoteResult("a read of 4 bytes",
             read(changes.handle(), too_small, sizeof(too_small)));
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(See("after it"), "readable");
  char changes_read[4096];
  EXPECT_GT(read(changes.handle(), changes_read, sizeof(changes_read)), 0);
  EXPECT_EQ(See("read"), "nothing");
  unlink(file.c_str());
  rmdir(folder.c_str());
}

TEST_P(Events, H25Fanotify) {
  const Socket events(static_cast<int>(
      fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK, O_RDONLY)));
  EVENT_HANDLES_NEED(events.valid(), "fanotify");
  const std::string folder = NewFolder("fanotify");
  const std::string file = folder + "/file";
  close(open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  ASSERT_EQ(fanotify_mark(events.handle(), FAN_MARK_ADD, FAN_OPEN, AT_FDCWD,
                          file.c_str()),
            0);
  ASSERT_EQ(Add(events.handle(), kAll), "OK");
  EXPECT_EQ(See("no event"), "nothing");
  close(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(See("a file opened"), "readable");
  fanotify_event_metadata event;
  ASSERT_EQ(read(events.handle(), &event, sizeof(event)),
            static_cast<long>(sizeof(event)));
  close(event.fd);
  EXPECT_EQ(See("read"), "nothing");
  unlink(file.c_str());
  rmdir(folder.c_str());
}

class Inner {
 public:
  Inner() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    for (const Pipe& pipe : pipes_) {
      epoll_event event = {};
      event.events = EPOLLIN;
      epoll_ctl(epoll_.handle(), EPOLL_CTL_ADD, pipe.read_end.handle(), &event);
    }
  }
  Handle handle() const { return epoll_.handle(); }
  void MakeReady(int i) { WriteBytes(pipes_[i].write_end.handle(), "x"); }
  int Wait(int room) {
    epoll_event events[2];
    return epoll_wait(epoll_.handle(), events, room, 0);
  }
  void Read(int i) { Drain(pipes_[i].read_end.handle()); }

 private:
  Pipe pipes_[2] = {MakePipe(), MakePipe()};
  Socket epoll_;
};

TEST_P(Events, H26Epoll) {
  Inner inner;
  ASSERT_EQ(Add(inner.handle(), kAll), "OK");
  EXPECT_EQ(See("nothing ready"), "nothing");
  inner.MakeReady(0);
  EXPECT_EQ(See("one ready"), "readable");
  EXPECT_EQ(inner.Wait(2), 1);
  EXPECT_EQ(See("fetched, not read"), "readable");
  inner.Read(0);
  EXPECT_EQ(See("read"), "nothing");
}

TEST_P(Events, H27EpollByEdge) {
  Inner inner;
  if (!Supports(Mode::kEdge)) {
    EXPECT_NE(Add(inner.handle(), kAll, Mode::kEdge), "OK");
    return;
  }
  ASSERT_EQ(Add(inner.handle(), kAll, Mode::kEdge), "OK");
  inner.MakeReady(0);
  inner.MakeReady(1);
  EXPECT_EQ(See("two ready"), "readable once");
  EXPECT_EQ(inner.Wait(1), 1);
  EXPECT_EQ(See("one fetched"), "nothing");
  EXPECT_EQ(inner.Wait(2), 2);
  inner.Read(0);
  inner.Read(1);
  EXPECT_EQ(inner.Wait(2), 0);
  inner.MakeReady(0);
  EXPECT_EQ(See("all read, waited for until nothing came, one more"),
            "readable once");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
