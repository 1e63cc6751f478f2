// pthread_cancel(3) in the middle of a call: nothing is lost, nothing is left
// behind, and only `Wait` is a cancellation point.

#include <pthread.h>
#include <signal.h>
#include <sys/types.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/config.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/child_exit.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mailbox.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/signal_set.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/waiting_thread.h"
#include "tests/support/blocked_thread.h"
#include "tests/support/children_posix.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using Code = absl::StatusCode;

// A thread that may be cancelled.
class Thread {
 public:
  explicit Thread(std::function<void()> body) : body_(std::move(body)) {
    EXPECT_EQ(pthread_create(&thread_, nullptr, &Run, this), 0);
  }
  ~Thread() { Join(); }

  void Cancel() { pthread_cancel(thread_); }

  // Whether the thread was cancelled. Blocks until it has ended.
  bool Join() {
    if (!was_cancelled_.has_value()) {
      void* result = nullptr;
      EXPECT_EQ(pthread_join(thread_, &result), 0);
      was_cancelled_ = result == PTHREAD_CANCELED;
    }
    return *was_cancelled_;
  }

 private:
  static void* Run(void* thread) {
    static_cast<Thread*>(thread)->body_();
    return nullptr;
  }

  std::function<void()> body_;
  pthread_t thread_;
  std::optional<bool> was_cancelled_;
};

// Calls `body` in a thread that was asked to end before. Whether it came to the
// end of `body`, and ended at the next cancellation point.
bool IsUntouchedByCancellation(const std::function<void()>& body) {
  std::atomic<bool> is_done{false};
  Thread thread([&] {
    pthread_cancel(pthread_self());
    body();
    is_done = true;
    pthread_testcancel();
    is_done = false;
  });
  return thread.Join() && is_done;
}

class CancellationTest : public ContractTest {
 protected:
  void SetUp() override {
#if defined(ABSL_HAVE_THREAD_SANITIZER)
    GTEST_SKIP()
        << "ThreadSanitizer's runtime loses threads that are cancelled";
#endif
  }

  // A `Wait` for ever that may be cancelled, and then gives the selector up.
  void WaitForEver() {
    struct HandsOver {
      Selector& selector;
      ~HandsOver() { selector.HandOver().IgnoreError(); }
    };
    const HandsOver hands_over{selector()};
    std::array<Event, 4> room;
    selector()
        .Wait(absl::MakeSpan(room), absl::InfiniteDuration())
        .IgnoreError();
  }

  SocketPair pair_ = MakeStreamPair();
};
EVENT_INSTANTIATE_CONTRACT(CancellationTest);

TEST_P(CancellationTest, K1AWakeOfACancelledThreadWakes) {
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE(IsUntouchedByCancellation(
        [&] { EXPECT_THAT(selector().Wake(), IsOk()); }));
    EXPECT_THAT(WaitFor(kForSure), ::testing::IsEmpty());
    // And the next one, of a thread that lives on.
    EXPECT_THAT(selector().Wake(), IsOk());
    EXPECT_THAT(WaitFor(kForSure), ::testing::IsEmpty());
  }
}

TEST_P(CancellationTest, K1AWakeOfACancelledThreadEndsAWaitThatRuns) {
  WaitingThread waiting(selector());
  EXPECT_TRUE(IsUntouchedByCancellation(
      [&] { EXPECT_THAT(selector().Wake(), IsOk()); }));
  EXPECT_THAT(waiting.status(), IsOk());
}

TEST_P(CancellationTest, K5ACloseOfACancelledThreadEndsEveryWait) {
  WaitingThread waiting(selector());
  EXPECT_TRUE(IsUntouchedByCancellation([&] { selector().Close(); }));
  EXPECT_THAT(waiting.status(), HasCode(Code::kCancelled));
}

TEST_P(CancellationTest, ChangesAreNoCancellationPoints) {
  const Handle handle = pair_.a.handle();
  EXPECT_TRUE(IsUntouchedByCancellation([&] {
    EXPECT_THAT(selector().Add(handle, Token(1), Interest::kWritable), IsOk());
    EXPECT_THAT(selector().Modify(handle, Token(2), Interest::kWritable,
                                  Mode::kOneshot),
                IsOk());
  }));
  EXPECT_THAT(WaitFor(kForSure), ::testing::ElementsAre(HasToken(2)));
  EXPECT_THAT(selector().HandOver(), IsOk());
  EXPECT_TRUE(IsUntouchedByCancellation([&] {
    EXPECT_THAT(selector().Remove(handle), IsOk());
    EXPECT_THAT(selector().HandOver(), IsOk());
  }));
  EXPECT_THAT(selector().Remove(handle), HasCode(Code::kNotFound));
}

TEST_P(CancellationTest, NeitherIsTheDescriptor) {
  EVENT_REQUIRE_DESCRIPTOR();
  const Handle handle = pair_.a.handle();
  EXPECT_TRUE(IsUntouchedByCancellation([&] {
    EXPECT_THAT(
        selector().Add(handle, Token(1), Interest::kWritable, Mode::kOneshot),
        IsOk());
    EXPECT_THAT(selector().descriptor().status(), IsOk());
  }));
  EXPECT_THAT(WaitFor(kForSure), ::testing::ElementsAre(HasToken(1)));
}

TEST_P(CancellationTest, NeitherIsAMailbox) {
  Mailbox<int> mailbox(selector());
  std::vector<int> items;
  EXPECT_TRUE(
      IsUntouchedByCancellation([&] { EXPECT_THAT(mailbox.Post(1), IsOk()); }));
  EXPECT_THAT(WaitFor(kForSure), ::testing::IsEmpty());
  EXPECT_TRUE(IsUntouchedByCancellation([&] {
    mailbox.TakeAll(items);
    mailbox.Close();
  }));
  EXPECT_THAT(items, ::testing::ElementsAre(1));
}

TEST_P(CancellationTest, NeitherIsASignalSet) {
  std::optional<SignalSet> set;
  EXPECT_TRUE(IsUntouchedByCancellation([&] {
    auto created = SignalSet::Create(selector(), {SIGUSR1});
    ASSERT_THAT(created.status(), IsOk());
    set = *std::move(created);
    raise(SIGUSR1);
  }));
  EXPECT_THAT(WaitFor(kForSure), ::testing::IsEmpty());
  EXPECT_TRUE(IsUntouchedByCancellation([&] {
    EXPECT_TRUE(set->Take().contains(SIGUSR1));
    set.reset();
  }));
  struct sigaction left = {};
  sigaction(SIGUSR1, nullptr, &left);
  EXPECT_EQ(left.sa_handler, SIG_DFL);
}

TEST_P(CancellationTest, NeitherIsTheWatchOfAChild) {
  const std::set<int> before = OpenDescriptors();
  std::optional<ChildExit> child;
  const pid_t pid = StartSleeper();
  EXPECT_TRUE(IsUntouchedByCancellation([&] {
    auto watched = ChildExit::Watch(selector(), pid, Token(7));
    ASSERT_THAT(watched.status(), IsOk());
    child = *std::move(watched);
    EXPECT_THAT(child->Peek().status(), HasCode(Code::kUnavailable));
  }));
  kill(pid, SIGKILL);
  EXPECT_THAT(WaitFor(kForSure), ::testing::ElementsAre(HasToken(7)));
  EXPECT_THAT(selector().HandOver(), IsOk());
  EXPECT_TRUE(IsUntouchedByCancellation([&] {
    EXPECT_THAT(child->Peek().status(), IsOk());
    EXPECT_THAT(child->Reap().status(), IsOk());
    child.reset();
  }));
  // Of the selector's own, `HandOver` may have made others.
  EXPECT_EQ(OpenDescriptors().size(), before.size());
}

TEST_P(CancellationTest, NeitherIsALifeFromBeginningToEnd) {
  const std::set<int> before = OpenDescriptors();
  EXPECT_TRUE(IsUntouchedByCancellation([] { NewSelector(); }));
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST_P(CancellationTest, W1AWaitThatIsCancelledLeavesNothing) {
  WaitFor(absl::ZeroDuration());  // What the first wait makes, it keeps.
  EXPECT_THAT(selector().HandOver(), IsOk());
  const std::set<int> before = OpenDescriptors();
  constexpr int kRounds = 50;
  for (int round = 0; round < kRounds; ++round) {
    std::optional<ThreadId> id;
    std::atomic<bool> is_started{false};
    Thread thread([&] {
      id = CurrentThreadId();
      is_started = true;
      WaitForEver();
    });
    while (!is_started) std::this_thread::yield();
    AwaitBlocked(*id);
    thread.Cancel();
    ASSERT_TRUE(thread.Join());
    ASSERT_EQ(OpenDescriptors(), before);
    ASSERT_THAT(selector().Wake(), IsOk());
    ASSERT_THAT(WaitFor(kForSure), ::testing::IsEmpty());
    ASSERT_THAT(selector().HandOver(), IsOk());
  }
}

// Whoever got the wake-up first: if it is the one that ends, another gets it.
TEST_P(CancellationTest, K1AWakeUpThatMeetsACancellationIsNotLost) {
  constexpr int kRounds = 300;
  for (int round = 0; round < kRounds; ++round) {
    std::atomic<bool> is_started{false};
    std::atomic<bool> has_returned{false};
    Thread thread([&] {
      is_started = true;
      WaitForEver();
      has_returned = true;
    });
    while (!is_started) std::this_thread::yield();
    if (round % 3 == 0) std::this_thread::yield();
    ASSERT_THAT(selector().Wake(), IsOk());
    thread.Cancel();
    thread.Join();
    if (has_returned) continue;
    ASSERT_THAT(WaitFor(kForSure), ::testing::IsEmpty());
    ASSERT_THAT(selector().HandOver(), IsOk());
  }
}

TEST_P(CancellationTest, K1TheLivingAreWokenBesideTheDead) {
  if (!TakesAnyThread()) GTEST_SKIP() << "one thread only";
  constexpr int kRounds = 20;
  for (int round = 0; round < kRounds; ++round) {
    WaitingThread living(selector());
    std::optional<ThreadId> id;
    std::atomic<bool> is_started{false};
    Thread dying([&] {
      id = CurrentThreadId();
      is_started = true;
      WaitForEver();
    });
    while (!is_started) std::this_thread::yield();
    AwaitBlocked(*id);
    dying.Cancel();
    if (round % 2 == 0) dying.Join();
    ASSERT_THAT(selector().Wake(), IsOk());
    if (dying.Join()) {
      EXPECT_THAT(living.status(), IsOk());
    } else {
      ASSERT_THAT(selector().Wake(), IsOk());
    }
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
