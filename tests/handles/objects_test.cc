// Rarer objects of the kernel: rows H28 to H39 and H93 to H95 of
// docs/handles.md.

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/if_tun.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <linux/userfaultfd.h>
#include <net/if.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <future>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
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

class Objects : public HandlesTest {};
EVENT_INSTANTIATE_HANDLES(Objects);

Socket Open(const std::string& path, int flags) {
  return Socket(open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK));
}

// Just enough of io_uring: a ring of two entries, and what goes into it.
class Ring {
 public:
  explicit Ring(unsigned flags) {
    parameters_.flags = flags;
    ring_ =
        Socket(static_cast<int>(syscall(SYS_io_uring_setup, 2, &parameters_)));
    if (!ring_.valid()) return;
    size_ =
        parameters_.cq_off.cqes + parameters_.cq_entries * sizeof(io_uring_cqe);
    queues_ = static_cast<char*>(Map(size_, IORING_OFF_SQ_RING));
    entries_ = static_cast<io_uring_sqe*>(
        Map(parameters_.sq_entries * sizeof(io_uring_sqe), IORING_OFF_SQES));
  }
  ~Ring() {
    if (!ring_.valid()) return;
    munmap(queues_, size_);
    munmap(entries_, parameters_.sq_entries * sizeof(io_uring_sqe));
  }
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  bool valid() const {
    return ring_.valid() &&
           (parameters_.features & IORING_FEAT_SINGLE_MMAP) != 0;
  }
  Handle handle() const { return ring_.handle(); }

  // Submits `operation` on `handle`, for poll(2)'s POLLIN where it polls.
  void Submit(std::uint8_t operation, Handle handle) {
    std::atomic<unsigned>& tail = At(parameters_.sq_off.tail);
    const unsigned i = tail.load() & At(parameters_.sq_off.ring_mask).load();
    std::memset(&entries_[i], 0, sizeof(entries_[i]));
    entries_[i].opcode = operation;
    entries_[i].fd = handle;
    entries_[i].poll32_events = operation == IORING_OP_POLL_ADD ? 1 : 0;
    At(parameters_.sq_off.array + i * sizeof(unsigned)).store(i);
    tail.store(tail.load() + 1);
    EXPECT_EQ(syscall(SYS_io_uring_enter, ring_.handle(), 1, 0, 0, nullptr, 0),
              1);
  }
  // Lets deferred work be done.
  void GetEvents() {
    EXPECT_EQ(syscall(SYS_io_uring_enter, ring_.handle(), 0, 0,
                      IORING_ENTER_GETEVENTS, nullptr, 0),
              0);
  }
  // Has `handle`, an eventfd, told of completions from now on.
  bool Register(Handle handle) const {
    return syscall(SYS_io_uring_register, ring_.handle(),
                   IORING_REGISTER_EVENTFD, &handle, 1) == 0;
  }
  // Takes all completions. How many.
  unsigned Take() {
    std::atomic<unsigned>& head = At(parameters_.cq_off.head);
    const unsigned tail = At(parameters_.cq_off.tail).load();
    const unsigned count = tail - head.load();
    head.store(tail);
    return count;
  }

 private:
  void* Map(std::size_t size, std::uint64_t what) const {
    return mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED,
                ring_.handle(), static_cast<off_t>(what));
  }
  std::atomic<unsigned>& At(std::size_t offset) const {
    return *reinterpret_cast<std::atomic<unsigned>*>(  // NOLINT
        static_cast<void*>(queues_ + offset));
  }

  io_uring_params parameters_ = {};
  Socket ring_;
  std::size_t size_ = 0;
  char* queues_ = nullptr;
  io_uring_sqe* entries_ = nullptr;
};

TEST_P(Objects, H28IoUring) {
  Ring ring(0);
  EVENT_HANDLES_NEED(ring.valid(), "io_uring");
  ASSERT_EQ(Add(ring.handle(), kAll), "OK");
  EXPECT_EQ(See("idle"), "writable");
  ring.Submit(IORING_OP_NOP, -1);
  EXPECT_EQ(See("a completion"), "readable+writable");
  EXPECT_EQ(ring.Take(), 1u);
  EXPECT_EQ(See("taken"), "writable");
}

#if defined(IORING_SETUP_DEFER_TASKRUN)
TEST_P(Objects, H29IoUringDeferred) {
  const Pipe pipe = MakePipe();
  Ring ring(IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SINGLE_ISSUER);
  EVENT_HANDLES_NEED(ring.valid(), "DEFER_TASKRUN (Linux 6.1)");
  ASSERT_EQ(Add(ring.handle(), Interest::kReadable), "OK");
  ring.Submit(IORING_OP_POLL_ADD, pipe.read_end.handle());
  EXPECT_EQ(See("a poll submitted"), "nothing");
  WriteBytes(pipe.write_end.handle(), "x");
  EXPECT_EQ(See("its work is deferred"), IsPoll() ? "readable" : "nothing");
  ModifyAgain();
  EXPECT_EQ(See("Modify"), "readable");
  ring.GetEvents();
  EXPECT_EQ(See("io_uring_enter(GETEVENTS)"), "readable");
  EXPECT_EQ(ring.Take(), 1u);
}
#else
TEST_P(Objects, H29IoUringDeferred) {
  EVENT_HANDLES_NEED(false, "DEFER_TASKRUN in the headers (Linux 6.1)");
}
#endif

TEST_P(Objects, H30Userfaultfd) {
  const Socket blocking(static_cast<int>(syscall(SYS_userfaultfd, O_CLOEXEC)));
  EVENT_HANDLES_NEED(blocking.valid(), "userfaultfd");
  ASSERT_EQ(Add(blocking.handle(), kAll), "OK");
  EXPECT_EQ(See("without O_NONBLOCK"), "error");
}

TEST_P(Objects, H31UserfaultfdNonBlocking) {
  const Socket faults(
      static_cast<int>(syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK)));
  EVENT_HANDLES_NEED(faults.valid(), "userfaultfd");
  ASSERT_EQ(Add(faults.handle(), kAll), "OK");
  EXPECT_EQ(See("before UFFDIO_API"), "error");
  uffdio_api api = {};
  api.api = UFFD_API;
  ASSERT_EQ(ioctl(faults.handle(), UFFDIO_API, &api), 0);
  EXPECT_EQ(See("after it"), "nothing");
  const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* const page = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  uffdio_register registered = {};
  registered.range.start = reinterpret_cast<std::uintptr_t>(page);
  registered.range.len = size;
  registered.mode = UFFDIO_REGISTER_MODE_MISSING;
  ASSERT_EQ(ioctl(faults.handle(), UFFDIO_REGISTER, &registered), 0);
  std::thread faulting([&] { *static_cast<volatile char*>(page) = 1; });
  EXPECT_EQ(SeeSoon("a fault"), "readable");
  uffd_msg message;
  EXPECT_EQ(read(faults.handle(), &message, sizeof(message)),
            static_cast<long>(sizeof(message)));
  EXPECT_EQ(See("read, not resolved"), "nothing");
  uffdio_zeropage zero = {};
  zero.range = registered.range;
  EXPECT_EQ(ioctl(faults.handle(), UFFDIO_ZEROPAGE, &zero), 0);
  faulting.join();
  munmap(page, size);
}

TEST_P(Objects, H32BpfMap) {
  union bpf_attr attributes = {};
  attributes.map_type = BPF_MAP_TYPE_ARRAY;
  attributes.key_size = 4;
  attributes.value_size = 8;
  attributes.max_entries = 1;
  const Socket map(static_cast<int>(
      syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof(attributes))));
  EVENT_HANDLES_NEED(map.valid(), "bpf(2)");
  ASSERT_EQ(Add(map.handle(), kAll), "OK");
  EXPECT_EQ(See("an array"), "error");
}

TEST_P(Objects, H33BpfRingBuffer) {
  union bpf_attr attributes = {};
  attributes.map_type = BPF_MAP_TYPE_RINGBUF;
  attributes.max_entries = static_cast<unsigned>(sysconf(_SC_PAGESIZE));
  const Socket map(static_cast<int>(
      syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof(attributes))));
  EVENT_HANDLES_NEED(map.valid(), "BPF ring buffers (Linux 5.8)");
  ASSERT_EQ(Add(map.handle(), kAll), "OK");
  EXPECT_EQ(See("empty"), "nothing");
}

// A record is made by each mapping of executable memory.
TEST_P(Objects, H34PerfEvent) {
  perf_event_attr attributes = {};
  attributes.size = sizeof(attributes);
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.config = PERF_COUNT_SW_DUMMY;
  attributes.mmap = 1;
  attributes.exclude_kernel = 1;
  attributes.watermark = 1;
  attributes.wakeup_watermark = 1;
  const Socket event(static_cast<int>(syscall(
      SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC)));
  EVENT_HANDLES_NEED(event.valid(), "perf_event_open");
  ASSERT_EQ(Add(event.handle(), kAll), "OK");
  EXPECT_EQ(See("no buffer"), "hangup");
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* const buffer = mmap(nullptr, 3 * page, PROT_READ | PROT_WRITE,
                            MAP_SHARED, event.handle(), 0);
  EVENT_HANDLES_NEED(buffer != MAP_FAILED, "a buffer for perf_event_open");
  EXPECT_EQ(See("a buffer"), "nothing");
  munmap(mmap(nullptr, page, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
              -1, 0),
         page);
  EXPECT_EQ(SeeSoon("a record"), "readable once");
  munmap(buffer, 3 * page);
}

TEST_P(Objects, H35Fuse) {
  const Socket fuse = Open("/dev/fuse", O_RDWR);
  EVENT_HANDLES_NEED(fuse.valid(), "/dev/fuse");
  ASSERT_EQ(Add(fuse.handle(), kAll), "OK");
  EXPECT_EQ(See("not mounted"), "error");
}

TEST_P(Objects, H36Kmsg) {
  const Socket log = Open("/dev/kmsg", O_RDONLY);
  EVENT_HANDLES_NEED(log.valid(), "/dev/kmsg");
  char record[8192];
  EVENT_HANDLES_NEED(read(log.handle(), record, sizeof(record)) > 0,
                     "a record in /dev/kmsg");
  ASSERT_EQ(lseek(log.handle(), 0, SEEK_SET), 0);
  ASSERT_EQ(Add(log.handle(), kAll), "OK");
  EXPECT_EQ(See("records unread"), "readable");
  char too_small[4];
  NoteResult("a read of 4 bytes",
             read(log.handle(), too_small, sizeof(too_small)));
}

// A control group of the test's own, frozen and thawed.
TEST_P(Objects, H37CgroupEvents) {
  EVENT_HANDLES_NOT_BY_REQUESTS();
  std::string folder;
  for (const char* const root : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
    if (access(absl::StrCat(root, "/cgroup.controllers").c_str(), F_OK) != 0) {
      continue;
    }
    folder = absl::StrCat(root, "/event_selector_", getpid());
    break;
  }
  EVENT_HANDLES_NEED(!folder.empty() && mkdir(folder.c_str(), 0700) == 0,
                     "a control group of the test's own (version 2)");
  {
    const Socket events = Open(folder + "/cgroup.events", O_RDONLY);
    const Socket freeze = Open(folder + "/cgroup.freeze", O_WRONLY);
    EXPECT_EQ(Add(events.handle(), kAll), "OK");
    EXPECT_EQ(See("added"), "readable+writable+priority+error");
    char text[100];
    EXPECT_GT(pread(events.handle(), text, sizeof(text), 0), 0);
    EXPECT_EQ(See("read"), "readable+writable");
    WriteBytes(freeze.handle(), "1");
    EXPECT_EQ(SeeSoon("frozen"), "readable+writable+priority+error");
    EXPECT_GT(pread(events.handle(), text, sizeof(text), 0), 0);
    EXPECT_EQ(See("read again"), "readable+writable");
  }
  rmdir(folder.c_str());
}

TEST_P(Objects, H38Pressure) {
  EVENT_HANDLES_NOT_BY_REQUESTS();
  const Socket pressure = Open("/proc/pressure/memory", O_RDWR);
  char text[256];
  EVENT_HANDLES_NEED(
      pressure.valid() && read(pressure.handle(), text, sizeof(text)) > 0,
      "pressure stall information (CONFIG_PSI, psi=1)");
  ASSERT_EQ(Add(pressure.handle(), kAll), "OK");
  EXPECT_EQ(See("without a trigger"), "readable+writable+priority+error");
  // Whatever the last byte is, the kernel takes it for the end.
  WriteBytes(pressure.handle(), "some 1900000 2000000\n");
  EXPECT_EQ(See("a trigger"), "readable+writable");
}

TEST_P(Objects, H39Tun) {
  std::string missing;
  // In a network namespace of its own, which ends with its thread.
  std::thread([&] {
    const bool is_apart = unshare(CLONE_NEWNET) == 0;
    const Socket tun = Open("/dev/net/tun", O_RDWR);
    if (!is_apart || !tun.valid()) {
      missing = "/dev/net/tun or a network namespace of the test's own";
      return;
    }
    // Not for kReadable: the kernel may greet its neighbours by IPv6.
    ASSERT_EQ(Add(tun.handle(), Interest::kWritable), "OK");
    EXPECT_EQ(See("before TUNSETIFF"), "error");
    ifreq request = {};
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    ASSERT_EQ(ioctl(tun.handle(), TUNSETIFF, &request), 0);
    EXPECT_EQ(See("after it"), "nothing");
    const Socket any(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    request.ifr_flags = IFF_UP;
    ASSERT_EQ(ioctl(any.handle(), SIOCSIFFLAGS, &request), 0);
    EXPECT_EQ(See("the interface is up"), IsPoll() ? "writable" : "nothing");
    ModifyAgain();
    EXPECT_EQ(See("Modify"), "writable");
  }).join();
  EVENT_HANDLES_NEED(missing.empty(), missing);
}

// Descriptors that are for other calls only.
TEST_P(Objects, H93NothingToReport) {
  const Socket name_space = Open("/proc/self/ns/net", O_RDONLY);
  ASSERT_TRUE(name_space.valid());
  EXPECT_EQ(Add(name_space.handle(), kAll), "not pollable");
  constexpr long kFsopen = 430;
  const Socket context(static_cast<int>(syscall(kFsopen, "tmpfs", 1)));
  EVENT_HANDLES_NEED(context.valid(), "fsopen(2) (CAP_SYS_ADMIN)");
  if (Add(context.handle(), kAll) == "OK") {
    EXPECT_EQ(See("fsopen"), "readable+writable");
  }
}

#if defined(SECCOMP_FILTER_FLAG_NEW_LISTENER)
// A thread whose getppid(2) another one answers.
TEST_P(Objects, H94SeccompNotifications) {
  std::promise<int> listener;
  std::promise<void> watched;
  long answer = 0;
  std::thread supervised([&] {
    sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                 static_cast<std::uint32_t>(SYS_getppid), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    sock_fprog program = {};
    program.len = sizeof(filter) / sizeof(filter[0]);
    program.filter = filter;
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const auto made =
        static_cast<int>(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                                 SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
    listener.set_value(made);
    watched.get_future().wait();
    if (made >= 0) answer = syscall(SYS_getppid);
  });
  const Socket calls(listener.get_future().get());
  const bool is_added = calls.valid() && Add(calls.handle(), kAll) == "OK";
  if (is_added) {
    EXPECT_EQ(See("no call"), "nothing");
  }
  watched.set_value();
  if (is_added) {
    EXPECT_EQ(SeeSoon("a call"), "readable");
    seccomp_notif call = {};
    EXPECT_EQ(ioctl(calls.handle(), SECCOMP_IOCTL_NOTIF_RECV, &call), 0);
    EXPECT_EQ(See("received"), "writable");
    seccomp_notif_resp response = {};
    response.id = call.id;
    response.val = 7;
    EXPECT_EQ(ioctl(calls.handle(), SECCOMP_IOCTL_NOTIF_SEND, &response), 0);
  }
  supervised.join();
  EVENT_HANDLES_NEED(calls.valid(), "notifications of seccomp (Linux 5.0)");
  EXPECT_EQ(answer, 7);
  EXPECT_EQ(SeeSoon("answered, and the thread has ended"), "hangup");
}
#else
TEST_P(Objects, H94SeccompNotifications) {
  EVENT_HANDLES_NEED(false, "SECCOMP_FILTER_FLAG_NEW_LISTENER in the headers");
}
#endif

TEST_P(Objects, H95IoUringEventfd) {
  Ring ring(0);
  EVENT_HANDLES_NEED(ring.valid(), "io_uring");
  const Socket told(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  ASSERT_EQ(Add(told.handle(), Interest::kReadable), "OK");
  ring.Submit(IORING_OP_NOP, -1);
  ASSERT_TRUE(ring.Register(told.handle()));
  EXPECT_EQ(See("a completion from before it was registered"), "nothing");
  ring.Submit(IORING_OP_NOP, -1);
  ring.Submit(IORING_OP_NOP, -1);
  EXPECT_EQ(See("two more"), "readable");
  std::uint64_t count = 0;
  EXPECT_EQ(read(told.handle(), &count, sizeof(count)), 8);
  EXPECT_EQ(See("the eventfd read"), "nothing");
  Note("completions in the ring", absl::StrCat(ring.Take()));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
