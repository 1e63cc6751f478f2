#include "event/internal/admission.h"

#include <array>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/internal/owner_thread.h"
#include "event/internal/plain_life.h"
#include "event/internal/registration_rules.h"
#include "event/mode.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace internal {
namespace {

using Code = absl::StatusCode;

constexpr Capabilities kCapabilities = {Interest::kReadable, Mode::kOneshot,
                                        absl::Nanoseconds(1), true};
constexpr Interest kNonsense = Interest::FromBits(1u << 20);

class AdmissionTest : public ::testing::Test {
 protected:
  template <typename Work>
  static void InAnotherThread(const Work& work) {
    std::thread(work).join();
  }

  Code Add(Interest interest, Mode mode = Mode::kLevel) {
    return admission_
        .CheckRegistration(RegistrationCall::kAdd, "made-up", kCapabilities,
                           interest, mode)
        .code();
  }
  Code Wait(absl::Span<const Event> events) {
    return admission_.CheckWait(events).code();
  }
  Code Wake(bool is_sent) {
    return admission_
        .Wake([&] {
          ++signals_;
          return is_sent;
        })
        .code();
  }

  Admission<PlainLife, OptionalOwner> admission_{/*is_single_waiter=*/true};
  std::array<Event, 2> events_;
  int signals_ = 0;
};

TEST_F(AdmissionTest, WhatIsRight) {
  EXPECT_EQ(admission_.CheckChange().code(), Code::kOk);
  EXPECT_EQ(Add(Interest::kReadable, Mode::kOneshot), Code::kOk);
  EXPECT_EQ(Wait(events_), Code::kOk);
  EXPECT_TRUE(admission_.MayWait(events_));
  EXPECT_EQ(Wake(true), Code::kOk);
  EXPECT_EQ(admission_.HandOver().code(), Code::kOk);
  EXPECT_EQ(admission_.Descriptor(7).value(), 7);
}

TEST_F(AdmissionTest, TheRulesComeLast) {
  EXPECT_EQ(Add(kNonsense), Code::kInvalidArgument);
  EXPECT_EQ(Add(Interest::kWritable), Code::kUnimplemented);
  EXPECT_EQ(Add(Interest::kReadable, Mode::kEdge), Code::kUnimplemented);
  EXPECT_EQ(Wait(events_), Code::kOk);
  InAnotherThread(
      [&] { EXPECT_EQ(Add(kNonsense), Code::kFailedPrecondition); });
}

TEST_F(AdmissionTest, AWaitWithoutRoomIsNobodys) {
  EXPECT_EQ(Wait({}), Code::kInvalidArgument);
  InAnotherThread([&] { EXPECT_EQ(Wait(events_), Code::kOk); });
  EXPECT_EQ(Wait({}), Code::kFailedPrecondition);
  EXPECT_EQ(Wait(events_), Code::kFailedPrecondition);
  EXPECT_EQ(admission_.CheckChange().code(), Code::kFailedPrecondition);
  EXPECT_EQ(admission_.HandOver().code(), Code::kFailedPrecondition);
}

TEST_F(AdmissionTest, ClosedComesFirst) {
  EXPECT_EQ(Wait(events_), Code::kOk);
  EXPECT_TRUE(admission_.Close());
  EXPECT_FALSE(admission_.Close());
  InAnotherThread([&] {
    EXPECT_EQ(Wait({}), Code::kCancelled);
    EXPECT_EQ(Add(kNonsense), Code::kCancelled);
    EXPECT_EQ(admission_.CheckChange().code(), Code::kCancelled);
    EXPECT_EQ(admission_.HandOver().code(), Code::kCancelled);
    EXPECT_EQ(admission_.Descriptor(7).status().code(), Code::kCancelled);
    EXPECT_EQ(admission_.NoDescriptor("made-up").code(), Code::kCancelled);
  });
  EXPECT_FALSE(admission_.MayWait(events_));
}

TEST_F(AdmissionTest, WakeHasNoMessagesAndAsksNobodyAfterClose) {
  EXPECT_EQ(Wake(false), Code::kInternal);
  EXPECT_EQ(signals_, 1);
  admission_.Close();
  const absl::Status closed = admission_.Wake([] { return true; });
  EXPECT_EQ(closed.code(), Code::kCancelled);
  EXPECT_EQ(closed.message(), "");
  EXPECT_EQ(Wake(true), Code::kCancelled);
  EXPECT_EQ(signals_, 1);
}

TEST_F(AdmissionTest, WithoutADescriptorTheBackendIsNamed) {
  const absl::Status status = admission_.NoDescriptor("made-up");
  EXPECT_EQ(status.code(), Code::kUnimplemented);
  EXPECT_NE(status.message().find("made-up"), absl::string_view::npos);
}

}  // namespace
}  // namespace internal
}  // namespace event_selector
