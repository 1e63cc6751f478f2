// Somebody sets the machine's clock while an acceptor rests. Nobody sets it
// here: the program's own clock_gettime, which comes before the C library's,
// moves what the program reads.

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/selector.h"
#include "event/token.h"
#include "examples/common/acceptor.h"
#include "examples/common/descriptor.h"
#include "examples/common/listener.h"
#include "examples/common/test_client.h"
#include "gtest/gtest.h"

namespace {

// What is added to the two clocks.
time_t time_of_day_seconds = 0;
time_t monotonic_seconds = 0;

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const long result = syscall(SYS_clock_gettime, clock, time);
  if (result != 0) return static_cast<int>(result);
  if (clock == CLOCK_REALTIME) time->tv_sec += time_of_day_seconds;
  if (clock == CLOCK_MONOTONIC) time->tv_sec += monotonic_seconds;
  return 0;
}

namespace examples {
namespace {

using ::event_selector::Event;
using ::event_selector::Selector;
using ::event_selector::Token;

constexpr Token kToken{7};
constexpr time_t kHour = 3600;

class AcceptorClockTest : public ::testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<std::unique_ptr<Selector>> selector = Selector::Create();
    ASSERT_TRUE(selector.ok()) << selector.status();
    selector_ = *std::move(selector);
    absl::StatusOr<Listener> listener = Listener::Create("127.0.0.1", 0);
    ASSERT_TRUE(listener.ok()) << listener.status();
    client_ = Connect(listener->port());
    ASSERT_TRUE(client_.valid());
    acceptor_.emplace(*selector_, *std::move(listener), kToken);
    ASSERT_EQ(acceptor_->Start(), absl::OkStatus());
    ASSERT_TRUE(ListenerIsReported());
    acceptor_->Rest(absl::ResourceExhaustedError("planned by the test"));
    ASSERT_FALSE(ListenerIsReported());
  }

  void TearDown() override {
    time_of_day_seconds = 0;
    monotonic_seconds = 0;
  }

  bool ListenerIsReported() {
    std::array<Event, 4> events;
    const absl::StatusOr<absl::Span<Event>> ready =
        selector_->Wait(absl::MakeSpan(events), absl::ZeroDuration());
    return ready.ok() && !ready->empty() && ready->front().token == kToken;
  }

  std::unique_ptr<Selector> selector_;
  Descriptor client_;
  std::optional<Acceptor> acceptor_;
};

TEST_F(AcceptorClockTest, AClockSetBackProlongsNoRest) {
  time_of_day_seconds = -kHour;
  EXPECT_LE(acceptor_->Timeout(), absl::Seconds(1));
  monotonic_seconds = 2;
  acceptor_->WakeUp();
  EXPECT_TRUE(ListenerIsReported());
}

TEST_F(AcceptorClockTest, AClockSetForwardEndsNoRest) {
  // Held by the other clock, however slow the machine is.
  monotonic_seconds = -kHour;
  time_of_day_seconds = kHour;
  acceptor_->WakeUp();
  EXPECT_FALSE(ListenerIsReported());
}

}  // namespace
}  // namespace examples
