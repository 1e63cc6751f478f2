// The types of one system's <sys/event.h>, which tests/kqueue/types/ has from
// its published definitions, and what the backend makes of them. That this
// binary links the backend's sources, compiled with them, is most of the test.

#include <cstdint>
#include <limits>
#include <type_traits>

#include "backends/kqueue/kqueue_selector.h"
#include "backends/kqueue/pipe_waker.h"
#include "backends/kqueue/system.h"
#include "backends/kqueue/waker.h"
#include "event/handle.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace kqueue {
namespace {

#if !defined(HAS_EXCEPT) || !defined(HAS_USER)
#error "see BUILD.bazel"
#endif
static_assert(kHasExcept == HAS_EXCEPT, "out-of-band data by themselves");
static_assert(!std::is_same_v<Waker, BasicWaker<PipeWaker>> == HAS_USER,
              "a waker without descriptors");

TEST(TypesTest, AKeventKeepsWhatItIsMadeOf) {
  constexpr std::uint32_t kLabel = (1u << kLabelBits) - 1;
  constexpr Handle kHandle = std::numeric_limits<Handle>::max();
  constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
  const Kevent kevent =
      MakeKevent(kHandle, EVFILT_WRITE, EV_ADD | EV_RECEIPT | EV_EOF,
                 NOTE_LOWAT, kMost, kLabel);
  EXPECT_EQ(HandleOf(kevent), kHandle);
  EXPECT_EQ(LabelOf(kevent), kLabel);
  EXPECT_TRUE(kevent.filter == EVFILT_WRITE);
  EXPECT_TRUE(HasFlag(kevent, EV_ADD));
  EXPECT_TRUE(HasFlag(kevent, EV_EOF)) << "the highest bit";
  EXPECT_FALSE(HasFlag(kevent, EV_ERROR));
  EXPECT_TRUE(kevent.fflags == NOTE_LOWAT);
  EXPECT_TRUE(kevent.data == kMost);
}

TEST(TypesTest, FiltersAreDifferent) {
  EXPECT_TRUE(MakeKevent(1, EVFILT_READ, 0, 0, 0, 0).filter == EVFILT_READ);
  EXPECT_FALSE(MakeKevent(1, EVFILT_READ, 0, 0, 0, 0).filter == EVFILT_WRITE);
}

}  // namespace
}  // namespace kqueue
}  // namespace event_selector

// For the linker only.
extern "C" {
int kqueue() { return -1; }
int kevent(int, const struct kevent*, KEVENT_COUNT, struct kevent*,
           KEVENT_COUNT, const struct timespec*) {
  return -1;
}
}
