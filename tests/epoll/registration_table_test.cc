#include "backends/epoll/registration_table.h"

#include <cstddef>
#include <cstdint>
#include <limits>

#include "backends/epoll/registration.h"
#include "backends/epoll/registration_mask.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/token.h"
#include "gtest/gtest.h"
#include "tests/support/count_allocations.h"

namespace event_selector {
namespace epoll {
namespace {

TEST(RegistrationTableTest, FindsWhatWasMadeAndNothingElse) {
  RegistrationTable table;
  for (const Handle handle :
       {0, 255, 256, 5000, -1, -2, std::numeric_limits<Handle>::max(),
        std::numeric_limits<Handle>::min()}) {
    EXPECT_FALSE(table.Find(handle)) << handle;
  }
  EXPECT_FALSE(table.FindOrMake(5000)->is_used);
  for (const Handle handle : {0, 4863, 5120, -1, 100000}) {
    EXPECT_FALSE(table.Find(handle)) << handle;
  }
  EXPECT_TRUE(table.Find(4864));  // Of the same chunk.
  EXPECT_EQ(table.Find(5000).token, table.FindKnown(5000).token);
}

TEST(RegistrationTableTest, EntriesAreApartAndStayWhereTheyAre) {
  RegistrationTable table;
  constexpr Handle kHandles = 2000;
  const RegistrationTable::Entry first = table.FindOrMake(0);
  for (Handle handle = 0; handle < kHandles; ++handle) {
    const RegistrationTable::Entry entry = table.FindOrMake(handle);
    EXPECT_EQ(entry->generation, 0);
    entry->generation = static_cast<std::uint16_t>(handle);
    *entry.token = Token(static_cast<std::uint64_t>(handle) << 40);
  }
  for (Handle handle = 0; handle < kHandles; ++handle) {
    const RegistrationTable::Entry entry = table.Find(handle);
    EXPECT_EQ(entry->generation, handle);
    EXPECT_EQ(entry.token->value(), static_cast<std::uint64_t>(handle) << 40);
  }
  EXPECT_EQ(table.Find(0).registration, first.registration);
}

TEST(RegistrationTableTest, CountsWaitsByTheirLastBits) {
  RegistrationRecord registration;
  for (std::uint32_t wait = 0xffffffe0; wait != 32; ++wait) {
    registration.SetReportedBy(wait);
    EXPECT_TRUE(registration.IsReportedBy(wait));
    EXPECT_FALSE(registration.IsReportedBy(wait + 1));
    EXPECT_FALSE(registration.IsReportedBy(wait + 15));
  }
}

std::size_t BytesOf(Handle first, Handle last, Handle step) {
  const testing::AllocationCounter counter;
  RegistrationTable table;
  for (Handle handle = first; handle <= last; handle += step) {
    table.FindOrMake(handle);
  }
  return counter.bytes();
}

TEST(RegistrationTableTest, MemoryForEachRegistration) {
  // All bytes ever asked for, those given back by growth included.
  EXPECT_LE(BytesOf(0, 99999, 1), 100000 * 14.5);
  EXPECT_LE(BytesOf(0, 99999, 2), 50000 * 29);  // One end of each socketpair.
  // A large number by itself.
  EXPECT_LE(BytesOf(19999, 19999, 1), 5000u);
  EXPECT_LE(BytesOf(1 << 20, 1 << 20, 1), 40000u);
}

// Each interest with each mode, there and back.
TEST(RegistrationMaskTest, HoldsEveryInterestAndMode) {
  for (std::uint32_t i = 0; i < 16; ++i) {
    const Interest interest = Interest::FromBits((i & 7) | (i & 8) << 10);
    for (std::uint32_t m = 0; m < 16; ++m) {
      const Mode mode = Mode::FromBits(m << 28);
      const RegistrationMask mask(interest, mode);
      EXPECT_EQ(mask.interest(), interest);
      EXPECT_EQ(mask.mode(), mode);
      EXPECT_EQ(mask.has_interest(), !interest.empty());
      EXPECT_EQ(mask.epoll_events(), interest.bits() | mode.bits());
      EXPECT_EQ(mask.has(Mode::kEdge | Mode::kOneshot), (m & 0xc) != 0);
      EXPECT_EQ(mask.without(Mode::kOneshot),
                RegistrationMask(interest, Mode::FromBits((m & ~4u) << 28)));
      EXPECT_EQ(mask == RegistrationMask(), i == 0 && m == 0);
    }
  }
}

}  // namespace
}  // namespace epoll
}  // namespace event_selector
