// Limits that are reached for real: no descriptors left, and an eventfd that is
// full.

#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/epoll_selector.h"
#include "backends/epoll/eventfd_waker.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/stopwatch.h"
#include "tests/contract/waiting_thread.h"
#include "tests/faults/workout.h"
#include "tests/support/fatal.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Token kWakersToken(epoll::EventfdWaker::kData);

// ---- RLIMIT_NOFILE

// While it lives, this process can open `count` descriptors more: it takes the
// free numbers between the others, and puts the limit behind the last.
class ScopedDescriptorLimit {
 public:
  explicit ScopedDescriptorLimit(int count) {
    if (getrlimit(RLIMIT_NOFILE, &old_) != 0) Die("getrlimit");
    const int last = *OpenDescriptors().rbegin();
    for (;;) {
      Socket lowest = Duplicate(STDERR_FILENO);
      if (lowest.handle() > last) break;
      taken_.push_back(std::move(lowest));
    }
    rlimit limit = old_;
    limit.rlim_cur = static_cast<rlim_t>(last + 1 + count);
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) Die("setrlimit");
  }
  ScopedDescriptorLimit(const ScopedDescriptorLimit&) = delete;
  ScopedDescriptorLimit& operator=(const ScopedDescriptorLimit&) = delete;
  ~ScopedDescriptorLimit() { setrlimit(RLIMIT_NOFILE, &old_); }

 private:
  rlimit old_;
  std::vector<Socket> taken_;
};

// Expectations come after the limit's end: they, and the checks of a sanitizer,
// may need descriptors themselves.
TEST(DescriptorLimitTest, CreateNeedsTwo) {
  const std::set<int> before = OpenDescriptors();
  // Once, so that nothing is loaded or checked for the first time later.
  ASSERT_EQ(Workout(*EpollSelector::Create().value()), "");
  for (const absl::string_view call : {"epoll_create1", "eventfd"}) {
    absl::Status status;
    {
      const ScopedDescriptorLimit limit(call == "eventfd" ? 1 : 0);
      status = EpollSelector::Create().status();
    }
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("RLIMIT_NOFILE"));
    EXPECT_THAT(std::string(status.message()), HasSubstr(std::string(call)));
    EXPECT_EQ(OpenDescriptors(), before);
  }
  std::optional<ScopedDescriptorLimit> limit(2);
  auto selector = EpollSelector::Create();
  limit.reset();
  ASSERT_TRUE(selector.ok()) << selector.status();
  EXPECT_EQ(Workout(**selector), "");
  selector->reset();
  EXPECT_EQ(OpenDescriptors(), before);
}

// What is there goes on working, and the rest works as soon as it can.
TEST(DescriptorLimitTest, OnlyTheWakersTokenNeedsAThird) {
  const auto selector = EpollSelector::Create().value();
  ASSERT_EQ(Workout(*selector), "");
  const SocketPair pair = MakeStreamPair();
  const Handle handle = pair.a.handle();
  const std::set<int> before = OpenDescriptors();

  std::optional<ScopedDescriptorLimit> limit(0);
  const absl::Status shared =
      selector->Add(handle, kWakersToken, Interest::kReadable);
  const absl::Status added =
      selector->Add(handle, Token(1), Interest::kWritable);
  Event events[2];
  const auto ready =
      selector->Wait(absl::MakeSpan(events), absl::InfiniteDuration());
  const absl::Status woken = selector->Wake();
  const absl::Status removed = selector->Remove(handle);
  Event no_events[2];
  const auto awake =
      selector->Wait(absl::MakeSpan(no_events), absl::InfiniteDuration());
  limit.reset();

  EXPECT_EQ(shared.code(), absl::StatusCode::kResourceExhausted) << shared;
  EXPECT_TRUE(added.ok()) << added;
  EXPECT_THAT(ready.value(),
              ElementsAre(Event{Token(1), Readiness::kWritable}));
  EXPECT_TRUE(woken.ok()) << woken;
  EXPECT_TRUE(removed.ok()) << removed;
  EXPECT_THAT(awake.value(), IsEmpty());
  EXPECT_EQ(OpenDescriptors(), before);
  EXPECT_TRUE(selector->Add(handle, kWakersToken, Interest::kReadable).ok());
  EXPECT_EQ(Workout(*selector), "");
}

// ---- The counter of the eventfd

constexpr std::uint64_t kCounterLimit =
    ~std::uint64_t{1};  // eventfd(2): 2^64-2

// Which of the process's descriptors that are not in `before` is an eventfd, by
// what proc(5) says of it.
int NewEventfd(const std::set<int>& before) {
  for (const int descriptor : OpenDescriptors()) {
    if (before.count(descriptor) != 0) continue;
    char target[64] = {};
    const std::string link = absl::StrCat("/proc/self/fd/", descriptor);
    if (readlink(link.c_str(), target, sizeof(target) - 1) > 0 &&
        absl::StrContains(target, "eventfd")) {
      return descriptor;
    }
  }
  Die("the selector has no eventfd");
}

class CounterLimitTest : public ::testing::TestWithParam<bool> {
 protected:
  // With the waker in the selector's queue, or in one of its own.
  void SetUp() override {
    const std::set<int> before = OpenDescriptors();
    selector_ = EpollSelector::Create().value();
    eventfd_ = NewEventfd(before);
    if (!GetParam()) return;
    ASSERT_TRUE(
        selector_->Add(pair_.a.handle(), kWakersToken, Interest::kReadable)
            .ok());
  }

  // Makes the counter as large as it can be: a write of 1 would block then.
  void Fill() {
    std::uint64_t counter;
    if (eventfd_read(eventfd_, &counter) != 0) counter = 0;
    ASSERT_EQ(eventfd_write(eventfd_, kCounterLimit), 0);
    ASSERT_NE(eventfd_write(eventfd_, 1), 0);
    // That was a wake-up that nobody asked for.
    Event events[1];
    EXPECT_THAT(
        selector_->Wait(absl::MakeSpan(events), absl::ZeroDuration()).value(),
        IsEmpty());
  }

  std::unique_ptr<EpollSelector> selector_;
  SocketPair pair_ = MakeStreamPair();
  int eventfd_ = -1;
};

std::string WakerName(const ::testing::TestParamInfo<bool>& info) {
  return info.param ? "Nested" : "Direct";
}
INSTANTIATE_TEST_SUITE_P(Wakers, CounterLimitTest, ::testing::Bool(),
                         WakerName);

TEST_P(CounterLimitTest, WakeIsSent) {
  Fill();
  EXPECT_EQ(Workout(*selector_), "");
}

TEST_P(CounterLimitTest, WakeOfABlockedThreadIsSent) {
  Fill();
  WaitingThread waiter(*selector_);
  ASSERT_TRUE(selector_->Wake().ok());
  EXPECT_TRUE(waiter.status().ok()) << waiter.status();
  EXPECT_EQ(Workout(*selector_), "");
}

TEST_P(CounterLimitTest, CloseWakesEveryWaiter) {
  Fill();
  std::vector<std::unique_ptr<WaitingThread>> waiters;
  for (int i = 0; i < 4; ++i) {
    waiters.push_back(std::make_unique<WaitingThread>(*selector_));
  }
  selector_->Close();
  for (const auto& waiter : waiters) {
    EXPECT_EQ(waiter->status().code(), absl::StatusCode::kCancelled);
  }
}

// Somebody else writes all the time, up to the limit and again: no wait ends
// for it, and no wake-up drowns in it.
TEST_P(CounterLimitTest, ForeignWritesEndNoWaitAndHideNoWakeUp) {
  std::atomic<bool> is_done{false};
  std::thread stranger([&] {
    while (!is_done) {
      eventfd_write(eventfd_, kCounterLimit / 2);
      std::this_thread::yield();
    }
  });
  Event events[2];
  for (int i = 0; i < 5; ++i) {
    const Stopwatch stopwatch;
    EXPECT_THAT(
        selector_->Wait(absl::MakeSpan(events), absl::Milliseconds(10)).value(),
        IsEmpty());
    EXPECT_GE(stopwatch.Elapsed(), absl::Milliseconds(10));
    EXPECT_TRUE(selector_->Wake().ok());
    EXPECT_THAT(
        selector_->Wait(absl::MakeSpan(events), absl::InfiniteDuration())
            .value(),
        IsEmpty());
  }
  is_done = true;
  stranger.join();
  EXPECT_EQ(Workout(*selector_), "");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
