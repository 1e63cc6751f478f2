// A span with more room than epoll_wait(2) takes at once.

#include <sys/epoll.h>
#include <sys/mman.h>

#include <climits>
#include <cstddef>
#include <memory>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/epoll_selector.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace {

using ::testing::ElementsAre;

// Memory that exists only where it is touched.
class Reserved {
 public:
  explicit Reserved(std::size_t bytes)
      : bytes_(bytes),
        memory_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {}
  Reserved(const Reserved&) = delete;
  Reserved& operator=(const Reserved&) = delete;
  ~Reserved() {
    if (valid()) munmap(memory_, bytes_);
  }

  bool valid() const { return memory_ != MAP_FAILED; }
  Event* events() const { return static_cast<Event*>(memory_); }

 private:
  std::size_t bytes_;
  void* memory_;
};

TEST(EpollLargeSpanTest, IsTakenWithEachTimeout) {
  constexpr std::size_t kMoreThanTheKernelTakes =
      INT_MAX / sizeof(epoll_event) + 1;
  if (sizeof(std::size_t) < 8) GTEST_SKIP() << "no such span is possible";
  const Reserved reserved(kMoreThanTheKernelTakes * sizeof(Event));
  ASSERT_TRUE(reserved.valid());
  const auto room = absl::MakeSpan(reserved.events(), kMoreThanTheKernelTakes);

  auto selector = EpollSelector::Create();
  ASSERT_TRUE(selector.ok()) << selector.status();
  testing::SocketPair pair = testing::MakeStreamPair();
  ASSERT_TRUE(
      (*selector)->Add(pair.a.handle(), Token(1), Interest::kWritable).ok());
  for (const absl::Duration timeout :
       {absl::ZeroDuration(), absl::Seconds(1), absl::InfiniteDuration()}) {
    const auto ready = (*selector)->Wait(room, timeout);
    ASSERT_TRUE(ready.ok()) << ready.status();
    EXPECT_THAT(*ready, ElementsAre(Event{Token(1), Readiness::kWritable}));
  }
}

}  // namespace
}  // namespace event_selector
