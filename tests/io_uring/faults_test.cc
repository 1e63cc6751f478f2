// Each call of io_uring and of epoll that a loop makes is refused in its turn:
// no event is lost, and the selector goes on, in the epoll set if it must.

#include <cerrno>
#include <cstdint>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/token.h"
#include "gtest/gtest.h"
#include "tests/faults/fault.h"
#include "tests/faults/workout.h"
#include "tests/io_uring/fixture.h"
#include "tests/linux/failing_system_calls.h"
#include "tests/linux/system_calls.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

constexpr absl::Duration kForSure = absl::Seconds(120);

struct Member {
  SocketPair pair = MakeStreamPair();
  Mode mode;
  bool is_added = false;
};

// Calls `call` until it succeeds: a refusal has changed nothing. Returns what
// came of it in the end.
template <typename Call>
absl::Status Insist(const Call& call) {
  absl::Status status;
  for (int i = 0; i < 10; ++i) {
    status = call();
    if (status.ok()) break;
  }
  return status;
}

// Rounds in which each member becomes ready, and is to be reported. Returns
// what went wrong.
std::string Play(Selector& selector) {
  std::vector<Member> members(6);
  const Mode modes[] = {Mode::kOneshot, Mode::kEdge, Mode::kLevel};
  for (std::uint64_t i = 0; i < members.size(); ++i) {
    members[i].mode = modes[i % 3];
    absl::Status status = Insist([&] {
      return selector.Add(members[i].pair.a.handle(), Token(i),
                          Interest::kReadable, members[i].mode);
    });
    if (!status.ok()) return absl::StrCat("Add: ", status.ToString());
  }
  for (int round = 0; round < 3; ++round) {
    for (const Member& member : members) SendAll(member.pair.b.handle(), "x");
    std::set<std::uint64_t> seen;
    while (seen.size() < members.size()) {
      Event events[4];
      absl::Span<Event> ready;
      absl::Status status = Insist([&] {
        const auto result = selector.Wait(absl::MakeSpan(events), kForSure);
        if (!result.ok()) return result.status();
        ready = *result;
        return absl::OkStatus();
      });
      if (!status.ok()) return absl::StrCat("Wait: ", status.ToString());
      if (ready.empty()) return "an event was lost";
      for (const Event& event : ready) {
        const std::uint64_t i = event.token.value();
        Drain(members[i].pair.a.handle());
        seen.insert(i);
        if (members[i].mode != Mode::kOneshot) continue;
        status = Insist([&] {
          return selector.Modify(members[i].pair.a.handle(), Token(i),
                                 Interest::kReadable, Mode::kOneshot);
        });
        if (!status.ok()) return absl::StrCat("Modify: ", status.ToString());
      }
    }
  }
  for (Member& member : members) {
    const absl::Status status =
        Insist([&] { return selector.Remove(member.pair.a.handle()); });
    // Once the call that failed has done its work after all.
    if (!status.ok() && status.code() != absl::StatusCode::kNotFound) {
      return absl::StrCat("Remove: ", status.ToString());
    }
  }
  return "";
}

struct Refused {
  SystemCall call;
  int error;
  // Each call from then on, as of a system that has changed its mind.
  bool is_for_good = false;
};

void PrintTo(const Refused& refused, std::ostream* out) {
  *out << refused.call << " fails with " << ErrorName(refused.error)
       << (refused.is_for_good ? " for good" : "");
}

class IoUringFaultsTest : public ::testing::TestWithParam<Refused> {};
INSTANTIATE_TEST_SUITE_P(
    Calls, IoUringFaultsTest,
    ::testing::Values(Refused{SystemCall::kIoUringEnter, EINTR},
                      Refused{SystemCall::kIoUringEnter, EAGAIN},
                      Refused{SystemCall::kIoUringEnter, EBUSY},
                      Refused{SystemCall::kIoUringEnter, EBADF, true},
                      Refused{SystemCall::kIoUringEnter, EPERM, true},
                      Refused{SystemCall::kIoUringEnter, ENOSYS, true},
                      Refused{SystemCall::kIoUringEnter, ENOMEM},
                      Refused{SystemCall::kIoUringRegister, EPERM, true},
                      Refused{SystemCall::kIoUringRegister, ENOMEM},
                      Refused{SystemCall::kEpollCtlAdd, ENOMEM},
                      Refused{SystemCall::kEpollCtlAdd, ENOSPC},
                      Refused{SystemCall::kEpollWait, EINTR},
                      Refused{SystemCall::kPoll, ENOMEM}));

// The first of these calls, the second, and so on.
TEST_P(IoUringFaultsTest, NothingIsLostWhicheverCallItIs) {
  const auto [call, error, is_for_good] = GetParam();
  for (int passing = 0;; ++passing) {
    auto selector = CreateWithRing();
    if (!selector.ok()) GTEST_SKIP() << selector.status();
    const std::set<int> before = OpenDescriptors();
    FailingSystemCalls calls;
    std::string failure;
    {
      const ScopedSystemCalls scope(calls);
      calls.Fail(call, error, passing,
                 is_for_good ? FailingSystemCalls::kAll : 1);
      failure = Play(**selector);
    }
    ASSERT_EQ(failure, "") << "after " << passing;
    ASSERT_EQ(Workout(**selector), "") << "after " << passing;
    ASSERT_LE(OpenDescriptors().size(), before.size());
    if (calls.failures(call) == 0) break;
  }
}

// What asks to be called again (no memory, a signal) may go on asking, since a
// filter answers what it likes: there is an end to that. Each call is made
// where the kernel has something to finish, so that none would end by itself.
class IoUringRepetitionTest : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Errors, IoUringRepetitionTest,
                         ::testing::Values(EAGAIN, EBUSY, EINTR));

TEST_P(IoUringRepetitionTest, ACallThatIsAskedToBeRepeatedForEverEnds) {
  for (int call = 0; call < 4; ++call) {
    SCOPED_TRACE(call);
    auto selector = CreateWithRing();
    if (!selector.ok()) GTEST_SKIP() << selector.status();
    SocketPair pair = MakeStreamPair();
    const Handle handle = pair.a.handle();
    ASSERT_TRUE((*selector)
                    ->Add(handle, Token(1), Interest::kReadable, Mode::kOneshot)
                    .ok());
    Event events[4];
    ASSERT_TRUE((*selector)
                    ->Wait(absl::MakeSpan(events), absl::ZeroDuration())
                    ->empty());
    SendAll(pair.b.handle(), "x");
    FailingSystemCalls calls;
    {
      const ScopedSystemCalls scope(calls);
      calls.Fail(SystemCall::kIoUringEnter, GetParam(), 0,
                 FailingSystemCalls::kAll);
      switch (call) {
        case 0: {
          if (GetParam() == EINTR) break;  // A signal at each try ends no wait.
          const auto ready =
              (*selector)->Wait(absl::MakeSpan(events), kForSure);
          ASSERT_TRUE(ready.ok()) << ready.status();
          ASSERT_EQ(ready->size(), 1u);
          EXPECT_EQ(ready->front().token, Token(1));
          EXPECT_TRUE((*selector)->Remove(handle).ok());
          break;
        }
        case 1:
          EXPECT_TRUE((*selector)->Remove(handle).ok());
          break;
        case 2:
          EXPECT_TRUE((*selector)->HandOver().ok());
          break;
        case 3:  // Its destructor ends all requests.
          selector->reset();
          continue;
      }
    }
    (*selector)->Remove(handle).IgnoreError();
    EXPECT_EQ(Workout(**selector), "");
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
