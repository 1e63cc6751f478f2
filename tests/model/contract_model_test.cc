// The model alone, with events that no selector has made.

#include "tests/model/contract_model.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gtest/gtest.h"
#include "tests/model/script.h"
#include "tests/model/wait_judge.h"
#include "tests/model/world.h"

namespace event_selector {
namespace testing {
namespace {

constexpr Readiness kReadable = Readiness::kReadable;
constexpr Readiness kWritable = Readiness::kWritable;

Capabilities Everything() {
  Capabilities capabilities;
  capabilities.interests = Interest::kReadable | Interest::kWritable |
                           Interest::kPriority | Interest::kReadClosed;
  capabilities.modes = Mode::kEdge | Mode::kOneshot | Mode::kExclusive;
  capabilities.hangup_without_interest = true;
  return capabilities;
}

class ContractModelTest : public ::testing::Test {
 protected:
  ContractModelTest() : model_(Everything(), Readiness::FromBits(~0u)) {}

  // Opens `slot` with a description of its own and registers it for reading.
  void Watch(int slot, std::uint64_t token, Mode mode = Mode::kLevel) {
    model_.Open(slot, {slot, true, false});
    ASSERT_EQ(model_.JudgeAdd(Call(slot, token, mode), absl::OkStatus()),
              std::nullopt);
  }
  static Operation Call(int slot, std::uint64_t token,
                        Mode mode = Mode::kLevel) {
    Operation operation;
    operation.slot = slot;
    operation.token = token;
    operation.interest = Interest::kReadable;
    operation.mode = mode;
    return operation;
  }
  void SetReady(int slot, Readiness readiness = kReadable) {
    levels_[static_cast<std::size_t>(slot)] = readiness;
  }
  void Wake() { ASSERT_EQ(model_.JudgeWake(absl::OkStatus()), std::nullopt); }

  // Whether a Wait with `room` may return readable events of `tokens`.
  bool Allows(std::size_t room, const std::vector<std::uint64_t>& tokens) {
    std::vector<Event> events;
    for (const std::uint64_t token : tokens) {
      events.push_back({Token(token), kReadable});
    }
    return Judge(room, events) == std::nullopt;
  }
  Verdict Judge(std::size_t room, const std::vector<Event>& events,
                bool is_early = false) {
    model_.BeginWait(levels_);
    return model_.JudgeWait({room, events, is_early, false},
                            [this]() -> const Levels& { return levels_; });
  }

  Model model_;
  Levels levels_ = {};
};

TEST_F(ContractModelTest, StatusesOfCalls) {
  const absl::Status ok;
  const absl::Status exists = absl::AlreadyExistsError("");
  const absl::Status unknown = absl::NotFoundError("");
  const absl::Status invalid = absl::InvalidArgumentError("");
  EXPECT_EQ(model_.JudgeAdd(Call(0, 1), invalid), std::nullopt);  // Not open.
  EXPECT_NE(model_.JudgeAdd(Call(0, 1), ok), std::nullopt);
  model_.Open(0, {0, true, false});
  EXPECT_EQ(model_.JudgeModify(Call(0, 1), unknown), std::nullopt);
  EXPECT_NE(model_.JudgeModify(Call(0, 1), ok), std::nullopt);
  EXPECT_EQ(model_.JudgeRemove(0, unknown), std::nullopt);
  EXPECT_NE(model_.JudgeRemove(0, ok), std::nullopt);
  EXPECT_EQ(model_.JudgeAdd(Call(0, 1), ok), std::nullopt);
  EXPECT_EQ(model_.JudgeAdd(Call(0, 2), exists), std::nullopt);
  EXPECT_NE(model_.JudgeAdd(Call(0, 2), ok), std::nullopt);
  EXPECT_EQ(model_.JudgeRemove(0, ok), std::nullopt);
  EXPECT_EQ(model_.JudgeFailedWait(0, invalid), std::nullopt);
  EXPECT_NE(model_.JudgeFailedWait(1, invalid), std::nullopt);
  model_.CloseSelector();
  EXPECT_EQ(model_.JudgeAdd(Call(0, 1), absl::CancelledError("")),
            std::nullopt);
  EXPECT_NE(model_.JudgeAdd(Call(0, 1), ok), std::nullopt);
}

TEST_F(ContractModelTest, EachThatIsReadyReportsOnce) {
  Watch(0, 1);
  Watch(1, 2);
  SetReady(0);
  SetReady(1);
  EXPECT_TRUE(Allows(7, {1, 2}));
  EXPECT_TRUE(Allows(7, {2, 1}));
  EXPECT_FALSE(Allows(7, {1}));
  EXPECT_FALSE(Allows(7, {1, 2, 2}));
  EXPECT_FALSE(Allows(7, {1, 2, 3}));
  EXPECT_FALSE(Allows(1, {1, 2}));
}

TEST_F(ContractModelTest, OnlyWhatHoldsIsReported) {
  Watch(0, 1);
  EXPECT_TRUE(Allows(7, {}));
  EXPECT_FALSE(Allows(7, {1}));
  SetReady(0, kReadable | kWritable);
  EXPECT_NE(Judge(7, {{Token(1), kReadable | kWritable}}), std::nullopt);
  EXPECT_NE(Judge(7, {{Token(1), Readiness()}}), std::nullopt);
}

TEST_F(ContractModelTest, AnOldTokenIsNoToken) {
  Watch(0, 1);
  SetReady(0);
  ASSERT_EQ(model_.JudgeModify(Call(0, 2), absl::OkStatus()), std::nullopt);
  EXPECT_FALSE(Allows(7, {1}));
  EXPECT_TRUE(Allows(7, {2}));
  ASSERT_EQ(model_.JudgeRemove(0, absl::OkStatus()), std::nullopt);
  EXPECT_FALSE(Allows(7, {2}));
  EXPECT_TRUE(Allows(7, {}));
}

TEST_F(ContractModelTest, ARegistrationMayOutliveItsSlot) {
  Watch(0, 1);
  model_.Open(1, {0, true, false});  // A duplicate.
  SetReady(0);
  model_.Close(0);
  EXPECT_TRUE(model_.HasRegistration(0, 0));
  EXPECT_TRUE(Allows(7, {1}));
  EXPECT_TRUE(Allows(7, {}));
  model_.Close(1);
  EXPECT_FALSE(model_.HasRegistration(0, 0));
  EXPECT_FALSE(Allows(7, {1}));
}

TEST_F(ContractModelTest, NoneHasASecondTurnWhileAnotherWaits) {
  for (int slot = 0; slot < 3; ++slot) {
    Watch(slot, static_cast<std::uint64_t>(slot) + 1);
    SetReady(slot);
  }
  EXPECT_TRUE(Allows(1, {1}));
  EXPECT_TRUE(Allows(1, {2}));
  EXPECT_FALSE(Allows(1, {1}));  // 3 waits since the first.
}

TEST_F(ContractModelTest, ATurnAfterTheOthersIsFair) {
  for (int slot = 0; slot < 3; ++slot) {
    Watch(slot, static_cast<std::uint64_t>(slot) + 1);
    SetReady(slot);
  }
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(Allows(1, {1}));
    EXPECT_TRUE(Allows(2, {3, 2}));
  }
}

TEST_F(ContractModelTest, AWakeUpHidesNoEvent) {
  Watch(0, 1);
  SetReady(0);
  Wake();
  EXPECT_FALSE(Allows(1, {}));
  EXPECT_TRUE(Allows(1, {1}));
}

TEST_F(ContractModelTest, AnEarlyReturnNeedsAWakeUp) {
  EXPECT_NE(Judge(7, {}, true), std::nullopt);
  Wake();
  EXPECT_TRUE(model_.MustReturn());
  EXPECT_EQ(Judge(7, {}, true), std::nullopt);
  EXPECT_FALSE(model_.MustReturn());
  EXPECT_NE(Judge(7, {}, true), std::nullopt);
}

TEST_F(ContractModelTest, AWakeUpMayComeBehindAFullSpan) {
  Watch(0, 1);
  SetReady(0);
  Wake();
  EXPECT_TRUE(Allows(1, {1}));
  SetReady(0, Readiness());
  EXPECT_EQ(Judge(7, {}, true), std::nullopt);
  EXPECT_NE(Judge(7, {}, true), std::nullopt);
}

TEST_F(ContractModelTest, SharersOfATokenReportOneEventEach) {
  Watch(0, 1);
  Watch(1, 1);
  SetReady(0);
  EXPECT_TRUE(Allows(7, {1}));
  EXPECT_FALSE(Allows(7, {1, 1}));
  SetReady(1);
  EXPECT_TRUE(Allows(7, {1, 1}));
  EXPECT_FALSE(Allows(7, {1}));
}

TEST_F(ContractModelTest, SharersOfATokenMayShareAnEventNextToAWakeUp) {
  Watch(0, 1);
  Watch(1, 1);
  SetReady(0);
  SetReady(1);
  EXPECT_FALSE(Allows(2, {1}));
  Wake();
  EXPECT_TRUE(Allows(2, {1}));
  Wake();
  EXPECT_FALSE(Allows(3, {1}));  // There was room.
}

TEST_F(ContractModelTest, AOneshotOfASharedTokenIsSpentOnce) {
  Watch(0, 1, Mode::kOneshot);
  Watch(1, 1, Mode::kOneshot);
  SetReady(0);
  SetReady(1);
  EXPECT_TRUE(Allows(7, {1, 1}));
  EXPECT_FALSE(Allows(7, {1}));
  EXPECT_TRUE(Allows(7, {}));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
