#include "event/event.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "absl/hash/hash_testing.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gtest/gtest.h"
#include "tests/event/print.h"

namespace event_selector {
namespace {

static_assert(sizeof(Event) == 16, "");
static_assert(alignof(Event) == 8, "");
static_assert(sizeof(Event[3]) == 48, "");
static_assert(std::is_trivially_copyable<Event>::value, "");
static_assert(std::is_standard_layout<Event>::value, "");

constexpr Event kEvent{Token(7), Readiness::kReadable};
static_assert(kEvent.token == Token(7), "");
static_assert(kEvent.readiness.readable(), "");

static_assert(Event{}.token == Token(0) && Event{}.readiness.empty(), "");

static_assert(kEvent == Event{Token(7), Readiness::kReadable}, "");
static_assert(!(kEvent != Event{Token(7), Readiness::kReadable}), "");
static_assert(kEvent != Event{Token(8), Readiness::kReadable}, "");
static_assert(kEvent != Event{Token(7), Readiness::kWritable}, "");
static_assert(!(kEvent == Event{Token(8), Readiness::kReadable}), "");

TEST(EventTest, Hash) {
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly(
      {Event{}, Event{Token(1), Readiness()},
       Event{Token(0), Readiness::kReadable},
       Event{Token(1), Readiness::kReadable},
       Event{Token(1), Readiness::kReadable | Readiness::kHangup}}));
}

TEST(EventTest, Prints) {
  EXPECT_EQ(PrintByStream(
                Event{Token(7), Readiness::kReadable | Readiness::kReadClosed}),
            "{token: 7, readable|read_closed}");
  EXPECT_EQ(PrintByStream(Event{}), "{token: 0, none}");
  EXPECT_EQ(
      PrintByStream(Event{Token(std::numeric_limits<std::uint64_t>::max()),
                          Readiness::FromBits(0x41)}),
      "{token: 18446744073709551615, readable|0x40}");
}

TEST(EventTest, BothWaysToPrintAgree) {
  for (const Event& event :
       {Event{}, kEvent, Event{Token(1), Readiness::FromBits(0xffffffff)}}) {
    EXPECT_EQ(PrintByStringify(event), PrintByStream(event));
  }
}

}  // namespace
}  // namespace event_selector
