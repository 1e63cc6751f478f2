// What comes between two system calls of one `Wait`, before each of them and
// after: a wake-up, an event. Nothing of it may be lost, nor anything else.

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/types.h>
#include <time.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/stopwatch.h"
#include "tests/linux/system_calls.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::IsEmpty;

// Does something once, before or after one of the calls that are made while it
// is installed.
class Intruder : public SystemCalls {
 public:
  // `moment`: 0 is before the first call, 1 after it, 2 before the second.
  Intruder(int moment, std::function<void()> action)
      : moment_(moment), action_(std::move(action)) {}

  bool has_acted() const { return moment_ < 0; }

  int EpollCtl(int epoll, int operation, int descriptor,
               epoll_event* event) override {
    return Between([&] {
      return SystemCalls::EpollCtl(epoll, operation, descriptor, event);
    });
  }
  int EpollWait(int epoll, epoll_event* events, int room,
                int timeout) override {
    return Between(
        [&] { return SystemCalls::EpollWait(epoll, events, room, timeout); });
  }
  int EpollPwait2(int epoll, epoll_event* events, int room,
                  const timespec* timeout, const sigset_t* mask) override {
    return Between([&] {
      return SystemCalls::EpollPwait2(epoll, events, room, timeout, mask);
    });
  }
  int Poll(pollfd* polled, nfds_t size, int timeout) override {
    return Between([&] { return SystemCalls::Poll(polled, size, timeout); });
  }
  int Ppoll(pollfd* polled, nfds_t size, const timespec* timeout,
            const sigset_t* mask) override {
    return Between(
        [&] { return SystemCalls::Ppoll(polled, size, timeout, mask); });
  }
  ssize_t Read(int descriptor, void* buffer, std::size_t size) override {
    return Between([&] { return SystemCalls::Read(descriptor, buffer, size); });
  }
  ssize_t Write(int descriptor, const void* buffer, std::size_t size) override {
    return Between(
        [&] { return SystemCalls::Write(descriptor, buffer, size); });
  }

 private:
  template <typename Call>
  std::invoke_result_t<Call> Between(const Call& call) {
    Pass();
    const std::invoke_result_t<Call> result = call();
    const int error = errno;
    Pass();
    errno = error;
    return result;
  }

  void Pass() {
    if (is_acting_ || moment_ < 0 || moment_-- > 0) return;
    is_acting_ = true;  // Its own calls are not in question.
    action_();
    is_acting_ = false;
  }

  int moment_;
  std::function<void()> action_;
  bool is_acting_ = false;
};

class BetweenCallsTest : public ContractTest {
 protected:
  void SetUp() override {
    if (GetParam().played_system_calls != nullptr) {
      EVENT_NOT_APPLICABLE("the system is played, by calls of its own");
    }
  }

  // Two handles are ready and one is not when a Wait with `room` places begins,
  // in whose calls `action` happens at each moment in turn. `third_comes`: it
  // makes the third one ready.
  void ActAtEachMoment(Mode mode, std::size_t room, bool is_woken,
                       bool third_comes) {
    for (int moment = 0;; ++moment) {
      SCOPED_TRACE(absl::StrCat(mode.ToString(), ", ", room, " places, ",
                                is_woken ? "" : "not ", "woken before, ",
                                third_comes ? "an event" : "a wake-up",
                                " at the moment ", moment));
      ASSERT_LT(moment, 100) << "a Wait that makes calls without end";
      RecreateSelector();
      std::vector<SocketPair> pairs;
      for (std::uint64_t i = 0; i < 3; ++i) {
        pairs.push_back(MakeStreamPair());
        ASSERT_THAT(selector().Add(pairs[i].a.handle(), Token(i),
                                   Interest::kReadable, mode),
                    IsOk());
      }
      for (int i = 0; i < 2; ++i) {
        SendAll(pairs[i].b.handle(), "x");
        ASSERT_TRUE(AwaitReadable(pairs[i].a.handle(), kForSure));
      }
      if (is_woken) {
        ASSERT_THAT(selector().Wake(), IsOk());
      }

      Intruder intruder(moment, [&] {
        if (third_comes) {
          SendAll(pairs[2].b.handle(), "x");
        } else {
          EXPECT_THAT(selector().Wake(), IsOk());
        }
      });
      std::map<std::uint64_t, int> reports;
      {
        const ScopedSystemCalls scope(intruder);
        Count(WaitFor(kForSure, room), reports);
      }
      const bool is_over = !intruder.has_acted();
      for (int i = 0; i < 4; ++i) Count(Poll(), reports);
      EXPECT_GE(reports[0], 1);
      EXPECT_GE(reports[1], 1);
      EXPECT_EQ(reports[2] > 0, third_comes && !is_over);
      if (mode != Mode::kLevel) {
        for (const auto& [token, count] : reports) EXPECT_LE(count, 1) << token;
      }
      for (const SocketPair& pair : pairs) {
        ASSERT_THAT(selector().Remove(pair.a.handle()), IsOk());
      }
      ExpectWakeUpsWork();
      if (is_over) return;
    }
  }

 private:
  static void Count(const std::vector<Event>& events,
                    std::map<std::uint64_t, int>& reports) {
    for (const Event& event : events) {
      EXPECT_EQ(event.readiness, Readiness::kReadable);
      ++reports[event.token.value()];
    }
  }

  // A wake-up comes, and is then over.
  void ExpectWakeUpsWork() {
    ASSERT_THAT(selector().Wake(), IsOk());
    const Stopwatch until_woken;
    EXPECT_THAT(WaitFor(kForSure), IsEmpty());
    ASSERT_LT(until_woken.Elapsed(), kForSure) << "the wake-up is lost";
    constexpr absl::Duration kShort = absl::Milliseconds(1);
    const Stopwatch stopwatch;
    EXPECT_THAT(WaitFor(kShort), IsEmpty());
    EXPECT_GE(stopwatch.Elapsed(), kShort);
  }
};
EVENT_INSTANTIATE_CONTRACT(BetweenCallsTest);

TEST_P(BetweenCallsTest, NothingIsLost) {
  for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot}) {
    if (!Supports(mode)) continue;
    for (const std::size_t room : {1u, 2u, 3u}) {
      for (const bool is_woken : {false, true}) {
        for (const bool third_comes : {false, true}) {
          ActAtEachMoment(mode, room, is_woken, third_comes);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
