#include "event/internal/registration_rules.h"

#include <string>

#include "absl/status/status.h"
#include "event/capabilities.h"
#include "event/interest.h"
#include "event/mode.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace internal {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;
constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;

Capabilities All() {
  Capabilities capabilities;
  capabilities.interests = kEveryInterest;
  capabilities.modes = kEveryMode;
  return capabilities;
}

Capabilities Few() {
  Capabilities capabilities;
  capabilities.interests = Interest::kReadable | Interest::kWritable;
  capabilities.modes = Mode::kOneshot;
  return capabilities;
}

absl::Status Add(const Capabilities& capabilities, Interest interest,
                 Mode mode) {
  return CheckRegistration("toy", capabilities, RegistrationCall::kAdd,
                           interest, mode);
}

std::string MessageOf(const absl::Status& status) {
  return std::string(status.message());
}

TEST(RegistrationRulesTest, WhatIsSupportedIsOk) {
  EXPECT_TRUE(Add(All(), kEveryInterest, Mode::kEdge | Mode::kOneshot).ok());
  EXPECT_TRUE(Add(All(), Interest::kNone, Mode::kLevel).ok());
  EXPECT_TRUE(Add(All(), Interest::kReadable, Mode::kExclusive).ok());
  EXPECT_TRUE(Add(Few(), Interest::kReadable, Mode::kOneshot).ok());
}

TEST(RegistrationRulesTest, WhatIsNotSupportedIsNamed) {
  const absl::Status interest =
      Add(Few(), Interest::kReadable | Interest::kPriority, Mode::kLevel);
  EXPECT_EQ(interest.code(), kUnimplemented);
  EXPECT_THAT(MessageOf(interest),
              AllOf(HasSubstr("toy"), HasSubstr("priority")));
  const absl::Status mode =
      Add(Few(), Interest::kReadable, Mode::kEdge | Mode::kOneshot);
  EXPECT_EQ(mode.code(), kUnimplemented);
  EXPECT_THAT(MessageOf(mode), AllOf(HasSubstr("toy"), HasSubstr("edge")));
}

// What could never be right is said to be wrong, whatever the backend can do.
TEST(RegistrationRulesTest, BitsWithoutANameAreInvalid) {
  for (const Capabilities& capabilities : {All(), Few()}) {
    const absl::Status interest =
        Add(capabilities, Interest::FromBits(0x100), Mode::kLevel);
    EXPECT_EQ(interest.code(), kInvalidArgument);
    EXPECT_THAT(MessageOf(interest), HasSubstr("0x100"));
    const absl::Status mode =
        Add(capabilities, Interest::kReadable, Mode::FromBits(0x4));
    EXPECT_EQ(mode.code(), kInvalidArgument);
    EXPECT_THAT(MessageOf(mode), HasSubstr("0x4"));
  }
}

TEST(RegistrationRulesTest, TheRulesOfExclusive) {
  EXPECT_EQ(
      Add(All(), Interest::kReadable, Mode::kExclusive | Mode::kOneshot).code(),
      kInvalidArgument);
  EXPECT_EQ(Add(All(), Interest::kReadClosed, Mode::kExclusive).code(),
            kInvalidArgument);
  EXPECT_EQ(CheckRegistration("toy", All(), RegistrationCall::kModify,
                              Interest::kReadable, Mode::kExclusive)
                .code(),
            kInvalidArgument);
  EXPECT_EQ(Add(Few(), Interest::kReadable, Mode::kExclusive).code(),
            kUnimplemented);
}

}  // namespace
}  // namespace internal
}  // namespace event_selector
