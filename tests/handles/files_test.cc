// Files, and what looks like one: rows H1 to H9 of docs/handles.md.

#include <fcntl.h>
#include <mqueue.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
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

class Files : public HandlesTest {};
EVENT_INSTANTIATE_HANDLES(Files);

Socket Open(const std::string& path, int flags) {
  return Socket(open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK));
}

TEST_P(Files, H1RegularFile) {
  const Socket file = OpenRegularFile();
  EXPECT_EQ(Add(file.handle(), kAll), "not pollable");
  const Socket memory(memfd_create("event_selector", MFD_CLOEXEC));
  EVENT_HANDLES_NEED(memory.valid(), "memfd_create");
  EXPECT_EQ(Add(memory.handle(), kAll), "not pollable");
}

TEST_P(Files, H2Directory) {
  const Socket directory = OpenDirectory();
  EXPECT_EQ(Add(directory.handle(), kAll), "not pollable");
}

TEST_P(Files, H3DevNull) {
  const Socket null = Open("/dev/null", O_RDWR);
  ASSERT_TRUE(null.valid());
  const std::string added = Add(null.handle(), kAll);
  if (!IsPoll()) {
    EXPECT_EQ(added, "not pollable");
    return;
  }
  EXPECT_EQ(See("always"), "readable+writable");
}

TEST_P(Files, H4PathOnly) {
  const Socket path = Open("/", O_PATH);
  ASSERT_TRUE(path.valid());
  EXPECT_EQ(Add(path.handle(), kAll), "not pollable");
}

TEST_P(Files, H5DevRandom) {
  const Socket random = Open("/dev/random", O_RDONLY);
  EVENT_HANDLES_NEED(random.valid(), "/dev/random");
  ASSERT_EQ(Add(random.handle(), kAll), "OK");
  EXPECT_EQ(See("always"), "readable");
}

// In a mount namespace of its own, which ends with its thread.
TEST_P(Files, H6Mounts) {
  EVENT_HANDLES_NOT_BY_REQUESTS();
  std::string missing;
  std::thread([&] {
    if (unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
      missing = "a mount namespace of the test's own";
      return;
    }
    std::string folder = ::testing::TempDir() + "/mounts_XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    const auto mount_one = [&] {
      return mount("none", folder.c_str(), "tmpfs", 0, nullptr) == 0;
    };
    const Socket mounts = Open("/proc/thread-self/mounts", O_RDONLY);
    ASSERT_TRUE(mounts.valid());
    ASSERT_EQ(Add(mounts.handle(), kAll), "OK");
    EXPECT_EQ(See("added"), "readable");
    EXPECT_TRUE(mount_one());
    EXPECT_EQ(See("a mount"), "readable+priority+error, then readable");
    EXPECT_TRUE(mount_one());
    ModifyAgain();  // It looks, and so spends what there was to see.
    EXPECT_EQ(See("a mount, then Modify"),
              IsPoll() ? "readable+priority+error, then readable" : "readable");
    umount(folder.c_str());
    umount(folder.c_str());
    rmdir(folder.c_str());
  }).join();
  EVENT_HANDLES_NEED(missing.empty(), missing);
}

// Sets the name of a host of its own, whose change all are told of.
TEST_P(Files, H7Sysctl) {
  EVENT_HANDLES_NOT_BY_REQUESTS();
  std::string missing;
  std::thread([&] {
    const Socket name = Open("/proc/sys/kernel/hostname", O_RDONLY);
    if (!name.valid() || unshare(CLONE_NEWUTS) != 0) {
      missing = "/proc/sys or a host name of the test's own";
      return;
    }
    ASSERT_EQ(Add(name.handle(), Interest::kPriority), "OK");
    ASSERT_EQ(sethostname("handles", 7), 0);
    // Others may do this, too: what comes after it may be about theirs.
    EXPECT_EQ(SeeFirst("another name"), "priority+error");
  }).join();
  EVENT_HANDLES_NEED(missing.empty(), missing);
}

TEST_P(Files, H8SysfsAttribute) {
  EVENT_HANDLES_NOT_BY_REQUESTS();
  const Socket attribute = Open("/sys/kernel/profiling", O_RDONLY);
  EVENT_HANDLES_NEED(attribute.valid(), "/sys/kernel/profiling");
  ASSERT_EQ(Add(attribute.handle(), kAll), "OK");
  EXPECT_EQ(See("added"), "readable+writable+priority+error");
  char byte;
  EXPECT_EQ(read(attribute.handle(), &byte, 1), 1);
  EXPECT_EQ(See("read"), "readable+writable");
}

// fstat(2) calls a POSIX message queue a regular file.
TEST_P(Files, H9MessageQueue) {
  const std::string name = absl::StrCat("/event_selector_", getpid());
  mq_attr attributes = {};
  attributes.mq_maxmsg = 1;
  attributes.mq_msgsize = 8;
  const Socket queue(mq_open(name.c_str(),
                             O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK | O_CLOEXEC,
                             0600, &attributes));
  EVENT_HANDLES_NEED(queue.valid(), "message queues");
  ASSERT_EQ(mq_unlink(name.c_str()), 0);
  ASSERT_EQ(Add(queue.handle(), kAll), "OK");
  EXPECT_EQ(See("empty"), "writable");
  ASSERT_EQ(mq_send(queue.handle(), "x", 1, 0), 0);
  EXPECT_EQ(See("full"), "readable");
  char message[8];
  ASSERT_EQ(mq_receive(queue.handle(), message, sizeof(message), nullptr), 1);
  EXPECT_EQ(See("received"), "writable");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
