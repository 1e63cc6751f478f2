#include "backends/epoll/event_buffer.h"

#include <sys/epoll.h>

#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "absl/types/span.h"
#include "event/event.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace epoll {
namespace {

epoll_event KernelEvent(std::size_t i) {
  epoll_event event = {};
  event.events = static_cast<std::uint32_t>(0x10 + i);
  // Both halves of the token are different for each event.
  event.data.u64 = (std::uint64_t{i} << 32) + ~i;
  return event;
}

// Writes as the kernel does: one event behind the other, whatever the
// alignment.
void WriteAsKernel(const EventBuffer& buffer, std::size_t count) {
  auto* const bytes =
      static_cast<unsigned char*>(static_cast<void*>(buffer.kernel_events()));
  for (std::size_t i = 0; i < count; ++i) {
    const epoll_event event = KernelEvent(i);
    std::memcpy(bytes + i * sizeof(event), &event, sizeof(event));
  }
}

constexpr std::size_t kMaxRoom = 40;
constexpr std::uint64_t kNoData = 0x7777777777777777;

// Each number of events in each size of the span, with a canary on both sides.
TEST(EventBufferTest, WidensInPlaceWithoutTouchingWhatIsAround) {
  const Event canary = {Token(0x5555555555555555), Readiness::FromBits(0x55)};
  for (std::size_t room = 1; room <= kMaxRoom; ++room) {
    for (std::size_t count = 0; count <= room; ++count) {
      std::vector<Event> memory(room + 2, canary);
      const EventBuffer buffer(absl::MakeSpan(memory).subspan(1, room));
      ASSERT_EQ(buffer.room(), static_cast<int>(room));
      WriteAsKernel(buffer, count);
      ASSERT_FALSE(buffer.Widen(static_cast<int>(count), kNoData));
      for (std::size_t i = 0; i < count; ++i) {
        ASSERT_EQ(memory[1 + i], ToEvent(KernelEvent(i)));
      }
      ASSERT_EQ(memory.front(), canary);
      ASSERT_EQ(memory.back(), canary);
    }
  }
}

TEST(EventBufferTest, FindsTheMarkedDataAmongTheEventsOnly) {
  for (std::size_t count = 0; count <= kMaxRoom; ++count) {
    std::vector<Event> memory(kMaxRoom);
    const EventBuffer buffer(absl::MakeSpan(memory));
    for (std::size_t i = 0; i < kMaxRoom; ++i) {
      WriteAsKernel(buffer, kMaxRoom);
      EXPECT_EQ(buffer.Widen(static_cast<int>(count), KernelEvent(i).data.u64),
                i < count);
    }
  }
}

TEST(EventBufferTest, AsksTheKernelForNoMoreThanItTakes) {
  // A span far too large to exist, of which nothing is touched.
  constexpr std::size_t kHuge = std::size_t{1} << 31;
  Event event;
  const EventBuffer buffer(absl::Span<Event>(&event, kHuge));
  EXPECT_EQ(buffer.room(), static_cast<int>(INT_MAX / sizeof(epoll_event)));
}

}  // namespace
}  // namespace epoll
}  // namespace event_selector
