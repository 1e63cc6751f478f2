#include "event/scoped_registration.h"

#include <memory>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/selector_options.h"
#include "event/testing/selector_call.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulation.h"
#include "event/token.h"
#include "gtest/gtest.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

static_assert(!std::is_copy_constructible<ScopedRegistration>::value, "");
static_assert(!std::is_copy_assignable<ScopedRegistration>::value, "");
static_assert(std::is_nothrow_move_constructible<ScopedRegistration>::value,
              "so that a vector of them moves");
static_assert(std::is_nothrow_move_assignable<ScopedRegistration>::value, "");

using Kind = SelectorCall::Kind;

// Over a simulated selector, which tells what was done with it.
class ScopedRegistrationTest : public ::testing::Test {
 protected:
  ScopedRegistration Add(Handle handle, Token token = Token(1)) {
    absl::StatusOr<ScopedRegistration> added =
        ScopedRegistration::Add(selector_, handle, token, Interest::kReadable);
    EXPECT_TRUE(added.ok()) << added.status();
    return *std::move(added);
  }
  bool IsRegistered(Handle handle) const {
    return selector_.Find(handle).has_value();
  }

  Simulation simulation_;
  SimulatedSelector selector_{simulation_};
  const Handle handle_ = simulation_.MakeHandle();
  const Handle other_ = simulation_.MakeHandle();
};

TEST_F(ScopedRegistrationTest, AddsAndRemoves) {
  {
    const absl::StatusOr<ScopedRegistration> added = ScopedRegistration::Add(
        selector_, handle_, Token(7), Interest::kReadable,
        Mode::kEdge | Mode::kOneshot);
    ASSERT_TRUE(added.ok()) << added.status();
    EXPECT_TRUE(added->has_value());
    EXPECT_EQ(added->handle(), handle_);
    const auto found = selector_.Find(handle_);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->token, Token(7));
    EXPECT_EQ(found->interest, Interest::kReadable);
    EXPECT_EQ(found->mode, Mode::kEdge | Mode::kOneshot);
  }
  EXPECT_FALSE(IsRegistered(handle_));
  EXPECT_EQ(selector_.count(Kind::kRemove), 1u);
}

TEST_F(ScopedRegistrationTest, IsLevelUnlessAnotherModeIsGiven) {
  const ScopedRegistration registration = Add(handle_);
  EXPECT_EQ(selector_.Find(handle_)->mode, Mode::kLevel);
}

TEST_F(ScopedRegistrationTest, WhatCannotBeAddedIsNotRemoved) {
  const ScopedRegistration first = Add(handle_, Token(1));
  const auto second = ScopedRegistration::Add(selector_, handle_, Token(2),
                                              Interest::kReadable);
  EXPECT_TRUE(absl::IsAlreadyExists(second.status())) << second.status();
  EXPECT_EQ(selector_.count(Kind::kRemove), 0u);
  EXPECT_EQ(selector_.Find(handle_)->token, Token(1));
}

TEST_F(ScopedRegistrationTest, ADefaultOneHoldsNone) {
  ScopedRegistration none;
  EXPECT_FALSE(none.has_value());
  EXPECT_EQ(none.handle(), kInvalidHandle);
  EXPECT_TRUE(absl::IsNotFound(none.Remove()));
  EXPECT_TRUE(absl::IsNotFound(
      none.Modify(Token(1), Interest::kReadable, Mode::kLevel)));
  EXPECT_EQ(none.Release(), kInvalidHandle);
}

TEST_F(ScopedRegistrationTest, Modifies) {
  ScopedRegistration registration = Add(handle_);
  ASSERT_TRUE(
      registration.Modify(Token(2), Interest::kWritable, Mode::kEdge).ok());
  const auto found = selector_.Find(handle_);
  EXPECT_EQ(found->token, Token(2));
  EXPECT_EQ(found->interest, Interest::kWritable);
  EXPECT_EQ(found->mode, Mode::kEdge);
  // An error is passed on, and changes nothing.
  EXPECT_TRUE(absl::IsInvalidArgument(
      registration.Modify(Token(3), Interest::kWritable, Mode::FromBits(1))));
  EXPECT_EQ(selector_.Find(handle_)->token, Token(2));
  EXPECT_TRUE(registration.has_value());
}

TEST_F(ScopedRegistrationTest, RemovesOnce) {
  {
    ScopedRegistration registration = Add(handle_);
    EXPECT_TRUE(registration.Remove().ok());
    EXPECT_FALSE(registration.has_value());
    EXPECT_EQ(registration.handle(), kInvalidHandle);
    EXPECT_FALSE(IsRegistered(handle_));
    EXPECT_TRUE(absl::IsNotFound(registration.Remove()));
    // Somebody else's.
    ASSERT_TRUE(
        selector_.Add(handle_, Token(2), Interest::kReadable, Mode::kLevel)
            .ok());
  }
  EXPECT_TRUE(IsRegistered(handle_));
}

TEST_F(ScopedRegistrationTest, WhatWasReleasedStands) {
  {
    ScopedRegistration registration = Add(handle_);
    EXPECT_EQ(registration.Release(), handle_);
    EXPECT_FALSE(registration.has_value());
    EXPECT_EQ(registration.Release(), kInvalidHandle);
  }
  EXPECT_TRUE(IsRegistered(handle_));
}

TEST_F(ScopedRegistrationTest, AMoveTakesTheRegistration) {
  std::optional<ScopedRegistration> from(Add(handle_));
  {
    const ScopedRegistration to(*std::move(from));
    EXPECT_FALSE(from->has_value());
    EXPECT_EQ(from->handle(), kInvalidHandle);
    EXPECT_EQ(to.handle(), handle_);
    from.reset();
    EXPECT_TRUE(IsRegistered(handle_));
  }
  EXPECT_FALSE(IsRegistered(handle_));
  EXPECT_EQ(selector_.count(Kind::kRemove), 1u);
}

TEST_F(ScopedRegistrationTest, AnAssignmentRemovesWhatWasHeld) {
  ScopedRegistration to = Add(handle_);
  ScopedRegistration from = Add(other_);
  to = std::move(from);
  EXPECT_FALSE(IsRegistered(handle_));
  EXPECT_TRUE(IsRegistered(other_));
  EXPECT_EQ(to.handle(), other_);
  EXPECT_FALSE(from.has_value());  // NOLINT: what a move leaves is promised.
  to = ScopedRegistration();
  EXPECT_FALSE(to.has_value());
  EXPECT_EQ(selector_.registrations(), 0u);
  to = Add(handle_);  // Can be used again.
  EXPECT_TRUE(IsRegistered(handle_));
}

TEST_F(ScopedRegistrationTest, AnAssignmentToItselfDoesNothing) {
  ScopedRegistration registration = Add(handle_);
  ScopedRegistration& itself = registration;
  registration = std::move(itself);
  EXPECT_EQ(registration.handle(), handle_);
  EXPECT_TRUE(IsRegistered(handle_));
  EXPECT_EQ(selector_.count(Kind::kRemove), 0u);
}

TEST_F(ScopedRegistrationTest, RegistrationsInAVector) {
  {
    std::vector<ScopedRegistration> registrations;
    for (int i = 0; i < 100; ++i) {
      registrations.push_back(Add(simulation_.MakeHandle()));
    }
    EXPECT_EQ(selector_.registrations(), 100u);
    registrations.erase(registrations.begin());
    EXPECT_EQ(selector_.registrations(), 99u);
  }
  EXPECT_EQ(selector_.registrations(), 0u);
  EXPECT_EQ(selector_.count(Kind::kRemove), 100u);
}

TEST_F(ScopedRegistrationTest, OfAClosedSelector) {
  ScopedRegistration removed = Add(handle_);
  const ScopedRegistration destroyed = Add(other_);
  selector_.Close();
  EXPECT_TRUE(absl::IsCancelled(
      removed.Modify(Token(2), Interest::kReadable, Mode::kLevel)));
  EXPECT_TRUE(removed.has_value());
  EXPECT_TRUE(absl::IsCancelled(removed.Remove()));
  EXPECT_FALSE(removed.has_value());
}

TEST_F(ScopedRegistrationTest, OfAHandleThatWasClosed) {
  ScopedRegistration removed = Add(handle_);
  {
    const ScopedRegistration destroyed = Add(other_);
    ASSERT_TRUE(simulation_.CloseHandle(handle_));
    ASSERT_TRUE(simulation_.CloseHandle(other_));
  }
  const absl::Status status = removed.Remove();
  EXPECT_TRUE(absl::IsInvalidArgument(status) || absl::IsNotFound(status))
      << status;
  // Its number may name another handle from here on.
  EXPECT_FALSE(removed.has_value());
  ASSERT_TRUE(simulation_.Reopen(handle_));
  const ScopedRegistration next = Add(handle_);
  removed = ScopedRegistration();
  EXPECT_TRUE(IsRegistered(handle_));
}

TEST_F(ScopedRegistrationTest, ARegistrationThatStandsIsHeld) {
  ScopedRegistration registration = Add(handle_);
  selector_.FailNext(Kind::kRemove, absl::FailedPreconditionError("thread"));
  EXPECT_TRUE(absl::IsFailedPrecondition(registration.Remove()));
  EXPECT_EQ(registration.handle(), handle_);
  EXPECT_TRUE(registration.Remove().ok());
  EXPECT_FALSE(IsRegistered(handle_));
}

TEST_F(ScopedRegistrationTest, EndsBeforeADescriptorThatWasDeclaredBefore) {
  struct Owner {
    Owner(Simulation& simulation_in, Handle handle_in)
        : simulation(simulation_in), handle(handle_in) {}
    ~Owner() { EXPECT_TRUE(simulation.CloseHandle(handle)); }

    Simulation& simulation;
    const Handle handle;
  };
  struct Client {
    Owner socket;
    ScopedRegistration registration;
  };
  // By which a registration lives on whose handle was closed without `Remove`.
  ASSERT_NE(simulation_.Duplicate(handle_), kInvalidHandle);
  {
    const Client client{{simulation_, handle_}, Add(handle_)};
    EXPECT_EQ(selector_.registrations(), 1u);
  }
  EXPECT_EQ(selector_.registrations(), 0u);
}

// Over the backend of the build.
class ScopedRegistrationRealTest : public ::testing::Test {
 protected:
  std::vector<Event> Ready() {
    Event events[8];
    const auto ready =
        selector_->Wait(absl::MakeSpan(events), absl::ZeroDuration());
    EXPECT_TRUE(ready.ok()) << ready.status();
    return {ready->begin(), ready->end()};
  }
  absl::StatusOr<ScopedRegistration> Add(const Socket& socket, Token token) {
    return ScopedRegistration::Add(*selector_, socket.handle(), token,
                                   Interest::kReadable);
  }

  std::unique_ptr<Selector> selector_ = Selector::Create().value();
};

TEST_F(ScopedRegistrationRealTest, ReportsUntilItEnds) {
  const SocketPair pair = MakeStreamPair();
  SendAll(pair.b.handle(), "x");
  ASSERT_TRUE(AwaitReadable(pair.a.handle(), absl::Seconds(120)));
  {
    auto registration = Add(pair.a, Token(7));
    ASSERT_TRUE(registration.ok()) << registration.status();
    ASSERT_EQ(Ready().size(), 1u);
    EXPECT_EQ(Ready()[0].token, Token(7));
    ASSERT_TRUE(
        registration->Modify(Token(8), Interest::kReadable, Mode::kLevel).ok());
    EXPECT_EQ(Ready()[0].token, Token(8));
  }
  EXPECT_TRUE(Ready().empty());
  EXPECT_TRUE(absl::IsNotFound(selector_->Remove(pair.a.handle())));
  EXPECT_TRUE(Add(pair.a, Token(9)).ok());
}

TEST_F(ScopedRegistrationRealTest, OfAClosedSelector) {
  const SocketPair pair = MakeStreamPair();
  const auto registration = Add(pair.a, Token(1));
  ASSERT_TRUE(registration.ok());
  selector_->Close();
}

TEST_F(ScopedRegistrationRealTest, OfAHandleThatWasClosed) {
  SocketPair closed = MakeStreamPair();
  const SocketPair open = MakeStreamPair();
  const auto stays = Add(open.a, Token(1));
  ASSERT_TRUE(stays.ok());
  {
    auto removed = Add(closed.a, Token(2));
    ASSERT_TRUE(removed.ok());
    auto destroyed = Add(closed.b, Token(3));
    ASSERT_TRUE(destroyed.ok());
    closed.a.Close();
    closed.b.Close();
    // What it says differs: iocp does not notice at once (docs/contract.md).
    removed->Remove().IgnoreError();
    EXPECT_FALSE(removed->has_value());
  }
  SendAll(open.b.handle(), "x");
  ASSERT_TRUE(AwaitReadable(open.a.handle(), absl::Seconds(120)));
  ASSERT_EQ(Ready().size(), 1u);
  EXPECT_EQ(Ready()[0].token, Token(1));
}

TEST_F(ScopedRegistrationRealTest, InAnotherThreadThanTheSingleWaiter) {
  SelectorOptions options;
  options.single_waiter = true;
  selector_ = Selector::Create(options).value();
  const SocketPair pair = MakeStreamPair();
  auto registration = Add(pair.a, Token(1));
  ASSERT_TRUE(registration.ok());
  EXPECT_TRUE(Ready().empty());  // From here on this thread owns it.
  std::thread([&] {
    EXPECT_TRUE(absl::IsFailedPrecondition(registration->Remove()));
  }).join();
  EXPECT_TRUE(registration->has_value());
  EXPECT_TRUE(registration->Remove().ok());
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
