#include "tests/stress/stress_test.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <thread>

#include "absl/flags/flag.h"
#include "absl/functional/function_ref.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/stopwatch.h"
#include "tests/support/socket.h"
#include "tests/support/wine.h"

ABSL_FLAG(std::uint32_t, scale, 1,
          "How many times the usual amount of work each test does.");

namespace event_selector {
namespace testing {

std::uint64_t Scaled(std::uint64_t count) {
  // Under Wine each call is a message to a server that has one thread.
  const std::uint64_t usual =
      RunsUnderWine() ? std::max<std::uint64_t>(count / 10, 1) : count;
  return usual * absl::GetFlag(FLAGS_scale);
}

void Rest() { absl::SleepFor(absl::Microseconds(20)); }

bool Await(absl::FunctionRef<bool()> is_done) {
  for (int i = 0; i < 8; ++i) {
    if (is_done()) return true;
    std::this_thread::yield();
  }
  const Stopwatch stopwatch;
  while (!is_done()) {
    if (stopwatch.Elapsed() > kForSure) {
      ADD_FAILURE() << "what must come has not come";
      return false;
    }
    Rest();
  }
  return true;
}

bool AwaitCount(const std::atomic<std::uint64_t>& count, std::uint64_t goal) {
  for (std::uint64_t before = count; before < goal; before = count) {
    if (!Await([&] { return count != before; })) return false;
  }
  return true;
}

void StressTest::WakeUntil(const std::atomic<bool>& is_over) {
  while (!is_over) {
    EXPECT_THAT(selector().Wake(), IsOk());
    Rest();
  }
}

void StressTest::MutateUntil(const std::atomic<bool>& is_over) {
  const SocketPair pair = MakeStreamPair();
  const Handle handle = pair.a.handle();
  for (std::uint64_t round = 0; !is_over; ++round) {
    const Mode mode = round % 8 == 0 ? Mode::kLevel : Mode::kOneshot;
    EXPECT_THAT(selector().Add(handle, kNoise, Interest::kReadable), IsOk());
    EXPECT_THAT(selector().Modify(handle, kNoise, Interest::kWritable, mode),
                IsOk());
    Rest();
    EXPECT_THAT(selector().Remove(handle), IsOk());
  }
}

}  // namespace testing
}  // namespace event_selector
