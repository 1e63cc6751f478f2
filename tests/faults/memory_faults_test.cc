// No memory, at every place where the library asks for some: the status says
// so, nothing has changed, and the selector goes on working.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mailbox.h"
#include "event/mode.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/waiting_thread.h"
#include "tests/faults/workout.h"
#include "tests/support/count_allocations.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::AnyOf;
using Code = absl::StatusCode;

class MemoryFaultsTest : public ContractTest {
 protected:
  // Calls `act` in a state that `prepare` makes, with the first allocation that
  // fails, with the second, and so on until none is left. If one did, the
  // status is kResourceExhausted, or `without_text`, the error that `act` has
  // in any case; and then `check` must find that nothing has changed.
  void ForEachAllocation(const std::function<void()>& prepare,
                         const std::function<absl::Status()>& act,
                         const std::function<void()>& check,
                         std::optional<Code> without_text = std::nullopt) {
    constexpr std::size_t kMost = 100;
    for (std::size_t passing = 0; passing < kMost; ++passing) {
      SCOPED_TRACE(passing);
      RecreateSelector();
      prepare();
      bool has_failed = false;
      absl::Status status;
      {
        const AllocationFailure failure(passing);
        status = act();
        has_failed = failure.has_failed();
      }
      if (!has_failed) {
        EXPECT_THAT(status, HasCode(without_text.value_or(Code::kOk)));
        return;
      }
      // What is allocated for speed only need not fail the call.
      EXPECT_THAT(status, AnyOf(HasCode(without_text.value_or(Code::kOk)),
                                HasCode(Code::kResourceExhausted)));
      if (!status.ok()) check();
      ASSERT_EQ(Workout(selector()), "");
    }
    FAIL() << "there is no end of allocations";
  }

  void ExpectNotRegistered() {
    EXPECT_THAT(selector().Remove(handle_), HasCode(Code::kNotFound));
    EXPECT_THAT(Poll(), ::testing::IsEmpty());
  }
  void ExpectRegistered() {
    EXPECT_THAT(Poll(), ::testing::ElementsAre(HasToken(1)));
    EXPECT_THAT(selector().Remove(handle_), IsOk());
  }
  void Register() {
    ASSERT_THAT(selector().Add(handle_, Token(1), Interest::kWritable), IsOk());
  }

  SocketPair pair_ = MakeStreamPair();
  Handle handle_ = pair_.a.handle();
};
EVENT_INSTANTIATE_CONTRACT(MemoryFaultsTest);

TEST_P(MemoryFaultsTest, Create) {
  if (GetParam().is_instrumented) GTEST_SKIP() << "made by a constructor";
  constexpr std::size_t kMost = 100;
  for (std::size_t passing = 0;; ++passing) {
    ASSERT_LT(passing, kMost);
    absl::Status status;
    bool has_failed = false;
    {
      const AllocationFailure failure(passing);
      status = GetParam().create().status();
      has_failed = failure.has_failed();
    }
    if (!has_failed) {
      EXPECT_THAT(status, IsOk());
      return;
    }
    if (status.ok()) continue;
    EXPECT_THAT(status, HasCode(Code::kResourceExhausted));
  }
}

TEST_P(MemoryFaultsTest, Add) {
  for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot}) {
    if (!Supports(mode)) continue;
    SCOPED_TRACE(mode);
    ForEachAllocation([] {},
                      [&] {
                        return selector().Add(handle_, Token(1),
                                              Interest::kWritable, mode);
                      },
                      [&] { ExpectNotRegistered(); });
  }
}

// The tables grow, some by moving.
TEST_P(MemoryFaultsTest, AddOfMany) {
  std::vector<SocketPair> pairs;
  for (int i = 0; i < 40; ++i) pairs.push_back(MakeStreamPair());
  ForEachAllocation(
      [] {},
      [&] {
        absl::Status first_error;
        std::size_t registered = 0;
        for (const SocketPair& pair : pairs) {
          const absl::Status status = selector().Add(
              pair.b.handle(), Token(registered), Interest::kReadable);
          first_error.Update(status);
          if (status.ok()) ++registered;
        }
        return first_error;
      },
      [&] {
        int missing = 0;
        for (const SocketPair& pair : pairs) {
          const absl::Status status = selector().Remove(pair.b.handle());
          if (!status.ok()) ++missing;
        }
        EXPECT_EQ(missing, 1);
      });
}

TEST_P(MemoryFaultsTest, Modify) {
  ForEachAllocation([&] { Register(); },
                    [&] {
                      return selector().Modify(handle_, Token(2),
                                               Interest::kReadable,
                                               Mode::kOneshot);
                    },
                    [&] { ExpectRegistered(); });
}

TEST_P(MemoryFaultsTest, Remove) {
  ForEachAllocation([&] { Register(); },
                    [&] { return selector().Remove(handle_); },
                    [&] { ExpectRegistered(); });
}

TEST_P(MemoryFaultsTest, Wait) {
  Event room[4];
  ForEachAllocation([&] { Register(); },
                    [&] {
                      return selector()
                          .Wait(absl::MakeSpan(room), absl::Milliseconds(1))
                          .status();
                    },
                    [&] { ExpectRegistered(); });
}

// All that a ring watches is registered anew, where the selector has one.
TEST_P(MemoryFaultsTest, HandOver) {
  ForEachAllocation(
      [&] {
        Register();
        ASSERT_THAT(Poll(), ::testing::SizeIs(1));
      },
      [&] { return selector().HandOver(); }, [&] { ExpectRegistered(); });
}

TEST_P(MemoryFaultsTest, Descriptor) {
  EVENT_REQUIRE_DESCRIPTOR();
  for (const Mode mode : {Mode::kLevel, Mode::kEdge, Mode::kOneshot}) {
    if (!Supports(mode)) continue;
    SCOPED_TRACE(mode);
    ForEachAllocation(
        [&] {
          ASSERT_THAT(
              selector().Add(handle_, Token(1), Interest::kWritable, mode),
              IsOk());
        },
        [&] { return selector().descriptor().status(); },
        [&] { ExpectRegistered(); });
  }
}

// The item stays with its poster, and the one that is accepted wakes the loop.
TEST_P(MemoryFaultsTest, PostToAMailbox) {
  constexpr std::size_t kMost = 100;
  for (std::size_t passing = 0;; ++passing) {
    ASSERT_LT(passing, kMost);
    SCOPED_TRACE(passing);
    RecreateSelector();
    Mailbox<int> mailbox(selector());
    absl::Status status;
    bool has_failed = false;
    {
      const AllocationFailure failure(passing);
      status = mailbox.Post(1);
      has_failed = failure.has_failed();
    }
    if (!status.ok()) {
      EXPECT_THAT(status, HasCode(Code::kResourceExhausted));
      EXPECT_THAT(mailbox.Post(1), IsOk());
    }
    EXPECT_THAT(WaitFor(kForSure), ::testing::IsEmpty());
    std::vector<int> items;
    mailbox.TakeAll(items);
    EXPECT_THAT(items, ::testing::ElementsAre(1));
    if (!has_failed) return;
  }
}

// Another thread waits already: poll needs an array for each of them, which has
// room for all that is registered.
TEST_P(MemoryFaultsTest, WaitOfOneMore) {
  if (!TakesAnyThread()) GTEST_SKIP() << "one thread only";
  constexpr std::size_t kMost = 100;
  std::vector<SocketPair> pairs;
  for (int i = 0; i < 40; ++i) pairs.push_back(MakeStreamPair());
  for (std::size_t passing = 0;; ++passing) {
    ASSERT_LT(passing, kMost);
    SCOPED_TRACE(passing);
    RecreateSelector();
    for (const SocketPair& pair : pairs) {
      ASSERT_THAT(
          selector().Add(pair.b.handle(), Token(1), Interest::kReadable),
          IsOk());
    }
    Event room[4];
    bool has_failed = false;
    absl::Status status;
    {
      WaitingThread waiting(selector());
      {
        const AllocationFailure failure(passing);
        status = selector()
                     .Wait(absl::MakeSpan(room), absl::ZeroDuration())
                     .status();
        has_failed = failure.has_failed();
      }
      EXPECT_THAT(selector().Wake(), IsOk());
      EXPECT_THAT(waiting.status(), IsOk());
    }
    EXPECT_EQ(Workout(selector()), "");
    if (!has_failed) {
      EXPECT_THAT(status, IsOk());
      return;
    }
    if (status.ok()) continue;
    EXPECT_THAT(status, HasCode(Code::kResourceExhausted));
  }
}

// The text of an error needs memory, too: without it, the code is left.
TEST_P(MemoryFaultsTest, Errors) {
  const auto nothing = [] {};
  const auto add = [&](Handle handle, Interest interest) {
    return [this, handle, interest] {
      return selector().Add(handle, Token(1), interest);
    };
  };
  ForEachAllocation([&] { Register(); }, add(handle_, Interest::kWritable),
                    [&] { ExpectRegistered(); }, Code::kAlreadyExists);
  ForEachAllocation(nothing, add(kInvalidHandle, Interest::kWritable), nothing,
                    Code::kInvalidArgument);
  ForEachAllocation(nothing, add(handle_, Interest::FromBits(0x8000)), nothing,
                    Code::kInvalidArgument);
  ForEachAllocation(
      nothing,
      [&] {
        return selector().Modify(handle_, Token(1), Interest::kReadable,
                                 Mode::kLevel);
      },
      nothing, Code::kNotFound);
  ForEachAllocation(
      nothing, [&] { return selector().Remove(handle_); }, nothing,
      Code::kNotFound);
  ForEachAllocation(
      nothing,
      [&] { return selector().Wait({}, absl::ZeroDuration()).status(); },
      nothing, Code::kInvalidArgument);
}

TEST_P(MemoryFaultsTest, ErrorsOfAClosedSelector) {
  constexpr std::size_t kMost = 20;
  selector().Close();
  for (std::size_t passing = 0; passing < kMost; ++passing) {
    absl::Status statuses[4];
    {
      const AllocationFailure failure(passing);
      statuses[0] = selector().Remove(handle_);
      statuses[1] = selector().Wake();
      statuses[2] = selector().descriptor().status();
      statuses[3] = selector().HandOver();
    }
    for (const absl::Status& status : statuses) {
      EXPECT_THAT(status, HasCode(Code::kCancelled));
    }
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
