// The table of the registrations, and the copy that is polled.

#include "backends/poll/registration_table.h"

#include <poll.h>

#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "backends/poll/object_identity.h"
#include "backends/poll/poll_set.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/count_allocations.h"

namespace event_selector {
namespace poll {
namespace {

using ::testing::ElementsAre;

class RegistrationTableTest : public ::testing::Test {
 protected:
  std::size_t Add(Handle handle, Mode mode = Mode::kLevel) {
    EXPECT_TRUE(table_.Reserve(handle));
    const std::size_t place = table_.Add(handle, ObjectIdentity());
    table_.Arm(place, Token(1), Interest::kReadable, mode);
    return place;
  }

  // What is polled of the table.
  std::vector<Handle> Polled() {
    set_.Reserve(table_.size(), /*is_in_use=*/false);
    set_.Update(table_, kOwn);
    EXPECT_EQ(set_.polled().front().fd, kOwn);
    EXPECT_EQ(set_.polled().size(), set_.size() + 1);
    std::vector<Handle> handles;
    for (const pollfd& entry : set_.polled().subspan(1)) {
      handles.push_back(entry.fd);
    }
    return handles;
  }

  static constexpr int kOwn = 99;
  RegistrationTable table_;
  PollSet set_;
};

TEST_F(RegistrationTableTest, ARegistrationKeepsItsPlace) {
  const std::size_t first = Add(10);
  const std::size_t second = Add(11);
  const std::size_t third = Add(12);
  table_.Erase(second);
  EXPECT_EQ(table_.Find(10), first);
  EXPECT_EQ(table_.Find(11), RegistrationTable::kNowhere);
  EXPECT_EQ(table_.Find(12), third);
  EXPECT_THAT(Polled(), ElementsAre(10, 12));
  // The place is used again, and no more of them are made.
  EXPECT_EQ(Add(13), second);
  EXPECT_THAT(Polled(), ElementsAre(10, 13, 12));
  EXPECT_EQ(table_.places(), 3u);
  EXPECT_EQ(table_.size(), 3u);
}

TEST_F(RegistrationTableTest, EachChangeHasANumberOfItsOwn) {
  const std::size_t place = Add(10);
  std::set<std::uint64_t> seen = {table_.at(place).serial};
  table_.Arm(place, Token(2), Interest::kReadable, Mode::kLevel);
  EXPECT_TRUE(seen.insert(table_.at(place).serial).second);
  table_.Silence(place);
  EXPECT_TRUE(seen.insert(table_.at(place).serial).second);
  table_.Erase(place);
  EXPECT_TRUE(seen.insert(table_.at(place).serial).second);
  EXPECT_EQ(Add(11), place);
  EXPECT_TRUE(seen.insert(table_.at(place).serial).second);
}

TEST_F(RegistrationTableTest, WhatIsSilentIsNotPolled) {
  Add(10);
  const std::size_t place = Add(11);
  table_.Silence(place);
  EXPECT_THAT(Polled(), ElementsAre(10));
  table_.Arm(place, Token(1), Interest::kWritable, Mode::kOneshot);
  EXPECT_THAT(Polled(), ElementsAre(10, 11));
  EXPECT_EQ(set_.polled()[2].events, POLLOUT);
}

TEST_F(RegistrationTableTest, TurnsGoByPlaces) {
  for (Handle handle = 10; handle < 14; ++handle) Add(handle);
  table_.Silence(1);
  Polled();
  EXPECT_EQ(set_.FirstFrom(0), 0u);
  EXPECT_EQ(set_.FirstFrom(1), 1u);
  EXPECT_EQ(set_.source(1).place, 2u);
  EXPECT_EQ(set_.FirstFrom(2), 1u);
  EXPECT_EQ(set_.FirstFrom(4), set_.size());
}

// The kernel writes into the array of a running poll: it must stay where it is.
TEST_F(RegistrationTableTest, AnArrayInUseDoesNotMove) {
  Add(10);
  Polled();
  const pollfd* const before = set_.polled().data();
  for (Handle handle = 11; handle < 1000; ++handle) {
    Add(handle);
    set_.Reserve(table_.size(), /*is_in_use=*/true);
    ASSERT_EQ(set_.polled().data(), before);
    ASSERT_EQ(set_.polled().size(), 2u);
  }
  const testing::AllocationCounter allocations;
  set_.Update(table_, kOwn);
  EXPECT_EQ(allocations.allocations(), 0u);
  EXPECT_EQ(set_.size(), 990u);
}

TEST_F(RegistrationTableTest, ErasingAllocatesNothing) {
  for (Handle handle = 10; handle < 1000; ++handle) Add(handle);
  const testing::AllocationCounter allocations;
  for (std::size_t place = 0; place < table_.places(); ++place) {
    table_.Erase(place);
  }
  EXPECT_EQ(allocations.allocations(), 0u);
  EXPECT_EQ(table_.size(), 0u);
}

}  // namespace
}  // namespace poll
}  // namespace event_selector
