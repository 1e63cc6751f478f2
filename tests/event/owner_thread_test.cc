#include "event/internal/owner_thread.h"

#include <cstdint>
#include <thread>

#include "gtest/gtest.h"

namespace event_selector {
namespace internal {
namespace {

template <typename Work>
void InAnotherThread(const Work& work) {
  std::thread(work).join();
}

TEST(ThreadNumberTest, NoTwoThreadsHaveOneAlsoOneAfterTheOther) {
  const std::uint64_t own = ThreadNumber();
  EXPECT_GT(own, 0u);
  EXPECT_EQ(ThreadNumber(), own);
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  InAnotherThread([&] { first = ThreadNumber(); });
  InAnotherThread([&] { second = ThreadNumber(); });
  EXPECT_NE(first, own);
  EXPECT_NE(second, own);
  EXPECT_NE(first, second);
}

TEST(OwnerThreadTest, NobodyOwnsItAtFirstAndAnybodyMayMakeChanges) {
  OwnerThread owner;
  EXPECT_FALSE(owner.IsCaller());
  EXPECT_TRUE(owner.MayChange());
  InAnotherThread([&] { EXPECT_TRUE(owner.MayChange()); });
  EXPECT_TRUE(owner.MayClaim());
  EXPECT_FALSE(owner.IsCaller());  // To make a change does not decide.
}

TEST(OwnerThreadTest, TheFirstThatClaimsIt) {
  OwnerThread owner;
  EXPECT_TRUE(owner.Claim());
  EXPECT_TRUE(owner.Claim());
  EXPECT_TRUE(owner.IsCaller());
  InAnotherThread([&] {
    EXPECT_FALSE(owner.IsCaller());
    EXPECT_FALSE(owner.MayClaim());
    EXPECT_FALSE(owner.Claim());
    EXPECT_FALSE(owner.MayChange());
    EXPECT_FALSE(owner.HandOver());
  });
  EXPECT_TRUE(owner.MayChange());
}

TEST(OwnerThreadTest, HandedOverToTheNextThatClaims) {
  OwnerThread owner;
  EXPECT_TRUE(owner.Claim());
  EXPECT_TRUE(owner.HandOver());
  EXPECT_FALSE(owner.IsCaller());
  InAnotherThread([&] {
    EXPECT_TRUE(owner.MayClaim());
    EXPECT_TRUE(owner.Claim());
  });
  EXPECT_FALSE(owner.MayChange());
  EXPECT_FALSE(owner.Claim());
}

TEST(OwnerThreadTest, HandedOverToTheNextThatMakesAChange) {
  OwnerThread owner;
  EXPECT_TRUE(owner.Claim());
  EXPECT_TRUE(owner.HandOver());
  InAnotherThread([&] { EXPECT_TRUE(owner.MayChange()); });
  EXPECT_FALSE(owner.MayChange());
  EXPECT_FALSE(owner.Claim());
}

TEST(OwnerThreadTest, NothingToHandOver) {
  OwnerThread owner;
  EXPECT_TRUE(owner.HandOver());
  InAnotherThread([&] { EXPECT_TRUE(owner.MayChange()); });
  EXPECT_TRUE(owner.MayChange());  // Still nobody's.
  EXPECT_TRUE(owner.Claim());
  EXPECT_TRUE(owner.HandOver());
  EXPECT_TRUE(owner.HandOver());
  EXPECT_TRUE(owner.Claim());
}

TEST(OwnerThreadTest, WhatTheOldOwnerWroteIsSeenByTheNext) {
  OwnerThread owner;
  int written = 0;
  EXPECT_TRUE(owner.Claim());
  // Without another order than that of `owner`: for the thread sanitizer.
  std::thread next([&] {
    while (!owner.Claim()) std::this_thread::yield();
    EXPECT_EQ(written, 1);
  });
  written = 1;
  EXPECT_TRUE(owner.HandOver());
  next.join();
}

TEST(OptionalOwnerTest, OnlyIfTheOptionSaysSo) {
  OptionalOwner anybody(/*is_single_waiter=*/false);
  OptionalOwner one(/*is_single_waiter=*/true);
  EXPECT_TRUE(anybody.IsCaller());
  EXPECT_FALSE(one.IsCaller());
  EXPECT_TRUE(anybody.Claim());
  EXPECT_TRUE(one.Claim());
  InAnotherThread([&] {
    EXPECT_TRUE(anybody.IsCaller());
    EXPECT_TRUE(anybody.MayClaim());
    EXPECT_TRUE(anybody.MayChange());
    EXPECT_TRUE(anybody.HandOver());
    EXPECT_FALSE(one.MayClaim());
    EXPECT_FALSE(one.MayChange());
    EXPECT_FALSE(one.HandOver());
  });
  static_assert(AnyThread::IsCaller() && AnyThread::MayClaim() &&
                AnyThread::Claim() && AnyThread::MayChange() &&
                AnyThread::HandOver());
}

}  // namespace
}  // namespace internal
}  // namespace event_selector
