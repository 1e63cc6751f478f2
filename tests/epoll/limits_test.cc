// The kernel's limits and rules for epoll descriptors that watch each other, on
// the real kernel: each cause of EINVAL and ELOOP is told apart.

#include <sys/resource.h>
#include <unistd.h>

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/epoll_selector.h"
#include "backends/epoll/single_waiter_epoll_selector.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::HasSubstr;
using Code = absl::StatusCode;

template <typename Kind>
class EpollLimitsTest : public ::testing::Test {
 protected:
  static std::unique_ptr<Selector> New() { return Kind::Create().value(); }

  static void ExpectError(const absl::Status& status, Code code,
                          const std::string& words) {
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(words));
  }

  // A selector that watches another one, which watches a third, and so on.
  static std::vector<std::unique_ptr<Selector>> Chain(int levels) {
    std::vector<std::unique_ptr<Selector>> chain;
    chain.push_back(New());
    while (static_cast<int>(chain.size()) < levels) {
      std::unique_ptr<Selector> outer = New();
      EXPECT_TRUE(outer
                      ->Add(chain.back()->descriptor().value(), Token(1),
                            Interest::kReadable)
                      .ok());
      chain.push_back(std::move(outer));
    }
    return chain;
  }

  std::unique_ptr<Selector> selector_ = New();
  const Handle own_ = selector_->descriptor().value();
};

using Kinds = ::testing::Types<EpollSelector, SingleWaiterEpollSelector>;
TYPED_TEST_SUITE(EpollLimitsTest, Kinds);

TYPED_TEST(EpollLimitsTest, ItselfByADuplicate) {
  const Socket duplicate(dup(this->own_));
  const Handle handle = duplicate.handle();
  Selector& selector = *this->selector_;
  for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot}) {
    this->ExpectError(selector.Add(handle, Token(1), Interest::kReadable, mode),
                      Code::kInvalidArgument, "part of this selector");
  }
  this->ExpectError(
      selector.Modify(handle, Token(1), Interest::kReadable, Mode::kLevel),
      Code::kNotFound, "not registered");
  this->ExpectError(selector.Remove(handle), Code::kNotFound, "not registered");
}

TYPED_TEST(EpollLimitsTest, AnotherOneWithExclusive) {
  const std::unique_ptr<Selector> other = this->New();
  const Handle handle = other->descriptor().value();
  Selector& selector = *this->selector_;
  const auto add = [&](Mode mode) {
    return selector.Add(handle, Token(1), Interest::kReadable, mode);
  };
  this->ExpectError(add(Mode::kExclusive), Code::kInvalidArgument,
                    "kExclusive");
  // Also where it is registered, which stays as it was.
  ASSERT_TRUE(add(Mode::kLevel).ok());
  this->ExpectError(add(Mode::kExclusive), Code::kInvalidArgument,
                    "kExclusive");
  ASSERT_TRUE(other->Wake().ok());
  Event room[2];
  EXPECT_EQ(
      selector.Wait(absl::MakeSpan(room), absl::ZeroDuration()).value().size(),
      1u);
}

TYPED_TEST(EpollLimitsTest, ACircle) {
  const std::unique_ptr<Selector> other = this->New();
  ASSERT_TRUE(other->Add(this->own_, Token(1), Interest::kReadable).ok());
  this->ExpectError(this->selector_->Add(other->descriptor().value(), Token(1),
                                         Interest::kReadable),
                    Code::kInvalidArgument, "circle");
}

TYPED_TEST(EpollLimitsTest, TooDeep) {
  const std::vector<std::unique_ptr<Selector>> chain = this->Chain(5);
  const std::set<int> before = OpenDescriptors();
  this->ExpectError(this->selector_->Add(chain.back()->descriptor().value(),
                                         Token(1), Interest::kReadable),
                    Code::kResourceExhausted, "five levels");
  EXPECT_EQ(OpenDescriptors(), before);
}

TYPED_TEST(EpollLimitsTest, WatchedByTooMany) {
  constexpr int kMost = 500;
  constexpr rlim_t kNeeded = 2 * kMost + 100;
  rlimit limit;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  if (limit.rlim_cur < kNeeded) {
    if (limit.rlim_max < kNeeded) GTEST_SKIP() << "too few descriptors";
    limit.rlim_cur = kNeeded;
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  }
  std::vector<std::unique_ptr<Selector>> watching;
  for (int i = 0; i < kMost; ++i) {
    watching.push_back(this->New());
    ASSERT_TRUE(
        watching.back()->Add(this->own_, Token(1), Interest::kReadable).ok())
        << i;
  }
  const std::unique_ptr<Selector> one_more = this->New();
  const absl::Status status =
      one_more->Add(this->own_, Token(1), Interest::kReadable);
  this->ExpectError(status, Code::kResourceExhausted, "500 paths");
  // It is no defect of the program: with one less, it works.
  ASSERT_TRUE(watching.back()->Remove(this->own_).ok());
  EXPECT_TRUE(one_more->Add(this->own_, Token(1), Interest::kReadable).ok());
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
