// Whether system calls are counted.

#include "benchmarks/triggering_modes/system_calls.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <memory>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "benchmarks/drivers/selector.h"
#include "benchmarks/workload.h"
#include "benchmarks/workloads/modes.h"
#include "benchmarks/workloads/named_mode.h"
#include "gtest/gtest.h"

namespace benchmarks {
namespace {

// Skips the test where system calls cannot be counted.
#define ASSERT_OK_OR_SKIP(calls)                                             \
  if (absl::IsUnimplemented(calls.status())) GTEST_SKIP() << calls.status(); \
  ASSERT_TRUE(calls.ok()) << calls.status()

#if defined(SYS_getppid)
void CallGetppid(int times) {
  for (int i = 0; i < times; ++i) syscall(SYS_getppid);
}

TEST(SystemCallsTest, CountsWhatIsBetweenTheMarkers) {
  const absl::StatusOr<SystemCalls> calls = CountSystemCalls([] {
    CallGetppid(100);
    BeginCounting();
    CallGetppid(7);
    EndCounting();
    CallGetppid(100);
    return absl::OkStatus();
  });
  ASSERT_OK_OR_SKIP(calls);
  EXPECT_EQ(calls->all, 7);
  EXPECT_EQ(calls->selector, 0);
}

TEST(SystemCallsTest, CountsThoseOfThreads) {
  const absl::StatusOr<SystemCalls> calls = CountSystemCalls([] {
    BeginCounting();
    std::thread thread(CallGetppid, 1000);
    thread.join();
    EndCounting();
    return absl::OkStatus();
  });
  ASSERT_OK_OR_SKIP(calls);
  EXPECT_GE(calls->all, 1000);
  EXPECT_LT(calls->all, 1100);  // To start and end a thread takes some.
}
#endif

TEST(SystemCallsTest, CountsThoseOfTheSelector) {
  const NamedMode oneshot = kEchoModes[2];
  const absl::StatusOr<SystemCalls> calls = CountSystemCalls([&] {
    const std::unique_ptr<Workload> workload = ModesCase(oneshot, 1, 64).open();
    const std::unique_ptr<Session> session =
        workload->Start([] { return MakeSelector(); });
    // The first time, UBSan makes calls of its own.
    session->Run(1);
    BeginCounting();
    session->Run(1);
    EndCounting();
    return absl::OkStatus();
  });
  ASSERT_OK_OR_SKIP(calls);
  EXPECT_EQ(calls->all, 6);       // Two reads, two writes,
  EXPECT_EQ(calls->selector, 2);  // Wait and Modify.
}

TEST(SystemCallsTest, TellsOfFailures) {
  const absl::StatusOr<SystemCalls> failed = CountSystemCalls(
      [] { return absl::DataLossError("this error is a part of the test"); });
  const absl::StatusOr<SystemCalls> unmarked =
      CountSystemCalls([] { return absl::OkStatus(); });
  const absl::StatusOr<SystemCalls> died = CountSystemCalls([] {
    _exit(0);
    return absl::OkStatus();
  });
  for (const auto* calls : {&failed, &unmarked, &died}) {
    if (absl::IsUnimplemented(calls->status())) GTEST_SKIP();
    EXPECT_TRUE(absl::IsInternal(calls->status())) << calls->status();
  }
}

}  // namespace
}  // namespace benchmarks
