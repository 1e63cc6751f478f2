// Kernels and containers that refuse io_uring, or a part of it: a seccomp
// filter answers as theirs do, and the seam under the calls as old kernels do.

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/io_uring/io_uring_selector.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/selector_options.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/io_uring/fixture.h"
#include "tests/linux/failing_system_calls.h"
#include "tests/linux/system_calls.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::Combine;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Values;

constexpr long kSetup = 425, kEnter = 426, kRegister = 427;

// From now on, `call` fails with `error` in the calling thread, and only there.
// For ever, so it must be a thread of the test's own.
bool Refuse(long call, int error) {
  const auto answer = static_cast<std::uint32_t>(SECCOMP_RET_ERRNO) |
                      static_cast<std::uint32_t>(error);
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0,
               1),
      BPF_STMT(BPF_RET | BPF_K, answer),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog program = {};
  program.len = sizeof(filter) / sizeof(filter[0]);
  program.filter = filter;
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

SelectorOptions SingleWaiter() {
  SelectorOptions options;
  options.single_waiter = true;
  return options;
}

// Whether it works at all, for a handle that a ring would watch.
void ExpectWorks(Selector& selector) {
  SocketPair pair = MakeStreamPair();
  ASSERT_TRUE(
      selector
          .Add(pair.a.handle(), Token(7), Interest::kReadable, Mode::kOneshot)
          .ok());
  SendAll(pair.b.handle(), "x");
  Event events[2];
  const auto ready =
      selector.Wait(absl::MakeSpan(events), absl::InfiniteDuration());
  ASSERT_TRUE(ready.ok()) << ready.status();
  EXPECT_THAT(*ready, ElementsAre(Event{Token(7), Readiness::kReadable}));
  EXPECT_TRUE(selector.Remove(pair.a.handle()).ok());
}

class SeccompTest : public ::testing::TestWithParam<std::tuple<long, int>> {};
INSTANTIATE_TEST_SUITE_P(Filters, SeccompTest,
                         Combine(Values(kSetup, kEnter, kRegister),
                                 Values(EPERM, ENOSYS)));

TEST_P(SeccompTest, EpollTakesThePlaceAndTheNameTells) {
  const auto [call, error] = GetParam();
  std::thread([call = call, error = error] {
    ASSERT_TRUE(Refuse(call, error));
    const auto selector = IoUringSelector::Create(SingleWaiter());
    ASSERT_TRUE(selector.ok()) << selector.status();
    EXPECT_EQ((*selector)->name(), "epoll");
    ExpectWorks(**selector);
    const auto exact = CreateWithRing();
    EXPECT_EQ(exact.status().code(), absl::StatusCode::kUnimplemented);
    EXPECT_THAT(exact.status().message(), HasSubstr("io_uring_setup"));
  }).join();
}

// One that is installed later: all that the ring had moves to the epoll set.
TEST_P(SeccompTest, ARingThatIsRefusedLaterLosesNothing) {
  const auto [call, error] = GetParam();
  if (!CreateWithRing().ok()) GTEST_SKIP();
  std::thread([call = call, error = error] {
    const auto selector = CreateWithRing();
    ASSERT_TRUE(selector.ok()) << selector.status();
    SocketPair oneshot = MakeStreamPair();
    SocketPair edge = MakeStreamPair();
    ASSERT_TRUE((*selector)
                    ->Add(oneshot.a.handle(), Token(1), Interest::kReadable,
                          Mode::kOneshot)
                    .ok());
    Event events[4];
    ASSERT_TRUE((*selector)
                    ->Wait(absl::MakeSpan(events), absl::ZeroDuration())
                    ->empty());
    ASSERT_TRUE(Refuse(call, error));
    ASSERT_TRUE(
        (*selector)
            ->Add(edge.a.handle(), Token(2), Interest::kReadable, Mode::kEdge)
            .ok());
    SendAll(oneshot.b.handle(), "x");
    SendAll(edge.b.handle(), "x");
    std::vector<std::uint64_t> tokens;
    while (tokens.size() < 2) {
      const auto ready =
          (*selector)->Wait(absl::MakeSpan(events), absl::InfiniteDuration());
      ASSERT_TRUE(ready.ok()) << ready.status();
      for (const Event& event : *ready) tokens.push_back(event.token.value());
    }
    EXPECT_THAT(tokens, ::testing::UnorderedElementsAre(1, 2));
    ExpectWorks(**selector);
    EXPECT_TRUE((*selector)->Remove(oneshot.a.handle()).ok());
    EXPECT_TRUE((*selector)->Remove(edge.a.handle()).ok());
  }).join();
}

struct Refusal {
  int error;
  absl::StatusCode code;
  const char* words;
};

class RefusedSetupTest : public ::testing::TestWithParam<Refusal> {};
INSTANTIATE_TEST_SUITE_P(
    Errors, RefusedSetupTest,
    Values(
        Refusal{ENOSYS, absl::StatusCode::kUnimplemented, "no io_uring"},
        Refusal{EPERM, absl::StatusCode::kUnimplemented, "io_uring_disabled"},
        Refusal{EACCES, absl::StatusCode::kUnimplemented, "not allowed"},
        Refusal{EINVAL, absl::StatusCode::kUnimplemented, "Linux 6.1"},
        Refusal{ENOMEM, absl::StatusCode::kUnimplemented, "RLIMIT_MEMLOCK"},
        Refusal{EMFILE, absl::StatusCode::kResourceExhausted, "descriptors"}));

TEST_P(RefusedSetupTest, IsAnErrorOrAReplacement) {
  FailingSystemCalls calls;
  const ScopedSystemCalls scope(calls);
  calls.Fail(SystemCall::kIoUringSetup, GetParam().error);
  const auto exact = CreateWithRing();
  EXPECT_EQ(exact.status().code(), GetParam().code);
  EXPECT_THAT(exact.status().message(), HasSubstr(GetParam().words));
  const auto selector = IoUringSelector::Create(SingleWaiter());
  if (GetParam().code == absl::StatusCode::kUnimplemented) {
    ASSERT_TRUE(selector.ok()) << selector.status();
    EXPECT_EQ((*selector)->name(), "epoll");
    ExpectWorks(**selector);
  } else {
    EXPECT_EQ(selector.status().code(), GetParam().code);
  }
}

TEST(WithoutSingleWaiterTest, ItIsEpoll) {
  const auto selector = IoUringSelector::Create();
  ASSERT_TRUE(selector.ok()) << selector.status();
  EXPECT_EQ((*selector)->name(), "epoll");
  ExpectWorks(**selector);
  SelectorOptions options;
  options.exact_backend = true;
  EXPECT_EQ(IoUringSelector::Create(options).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
