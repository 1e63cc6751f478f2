// What the examples say when a user, or the system, gives them what they cannot
// use.

#include <cstddef>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/config.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "examples/common/listener.h"
#include "examples/common/program.h"
#include "examples/common/start_thread.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#if !defined(_WIN32)
#include <sys/resource.h>
#endif

namespace examples {
namespace {

using ::testing::HasSubstr;

TEST(ListenerTest, APortInUseIsNamed) {
  const absl::StatusOr<Listener> first = Listener::Create("127.0.0.1", 0);
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status status =
      Listener::Create("127.0.0.1", first->port()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("127.0.0.1"));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr(absl::StrCat(first->port())));
}

// 192.0.2.0/24 is for documentation (RFC 5737): no machine has it.
TEST(ListenerTest, AnAddressOfAnotherMachineIsNamed) {
  const absl::Status status = Listener::Create("192.0.2.1", 0).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("192.0.2.1"));
}

bool has_run = false;

TEST(ProgramTest, AnArgumentThatIsNoFlagIsAnError) {
  char name[] = "server";
  char port[] = "7000";
  char* arguments[] = {name, port, nullptr};
  EXPECT_EQ(RunProgram(2, arguments, "Serves.",
                       [] {
                         has_run = true;
                         return absl::OkStatus();
                       }),
            EXIT_FAILURE);
  EXPECT_FALSE(has_run);
}

#if !defined(_WIN32) && !defined(ABSL_HAVE_ADDRESS_SANITIZER) && \
    !defined(ABSL_HAVE_THREAD_SANITIZER)

TEST(StartThreadTest, NoMoreThreadsAreAnError) {
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_AS, &before), 0);
  rlimit little = before;
  little.rlim_cur = 2u << 30;
  ASSERT_EQ(setrlimit(RLIMIT_AS, &little), 0);
  absl::Notification is_over;
  std::vector<std::thread> threads;
  absl::Status status;
  constexpr std::size_t kMost = 10000;
  while (status.ok() && threads.size() < kMost) {
    absl::StatusOr<std::thread> thread =
        StartThread([&] { is_over.WaitForNotification(); });
    status = thread.status();
    if (thread.ok()) threads.push_back(*std::move(thread));
  }
  ASSERT_EQ(setrlimit(RLIMIT_AS, &before), 0);
  is_over.Notify();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("thread"));
}

#endif

}  // namespace
}  // namespace examples
