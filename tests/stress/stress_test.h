#ifndef TESTS_STRESS_STRESS_TEST_H_
#define TESTS_STRESS_STRESS_TEST_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/selector.h"
#include "event/token.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"

namespace event_selector {
namespace testing {

// The usual crew of a test here.
inline constexpr int kWaiters = 8;
inline constexpr int kMutators = 4;
inline constexpr int kWakers = 4;

// The token by which the epoll backend knows its waker's events
// (EventfdWaker::kData), and of which callers may make use all the same. To the
// other backends it is a token like any other.
inline constexpr Token kWakersToken(0x9e6c'63d0'876a'3d5b);

// How much a test is to do: `count`, which takes it a second or so, times the
// flag --scale.
std::uint64_t Scaled(std::uint64_t count);

// Leaves the processors to the others for a moment. For whoever has nothing to
// do or has done enough: where more threads run than there are processors, one
// that spins keeps the next from its work for a whole time slice.
void Rest();

// Rests until `is_done()`. False if that does not come in
// kForSure: a failure of the test, for which something was lost.
bool Await(absl::FunctionRef<bool()> is_done);

// The same for a counter that has to get to `goal`: it may take any time, but
// must not stand still for so long.
bool AwaitCount(const std::atomic<std::uint64_t>& count, std::uint64_t goal);

// Threads that are joined together.
class Crew {
 public:
  Crew() = default;
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew() { Join(); }

  // Starts `count` threads, each of which calls a copy of `work(its number)`.
  template <typename Work>
  void Start(int count, Work work) {
    for (int i = 0; i < count; ++i) threads_.emplace_back(work, i);
  }
  void Join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  std::vector<std::thread> threads_;
};

// Many threads on one selector, for a long time, and each event accounted for.
// A test's name begins with the clause of docs/contract.md that it is for.
class StressTest : public ContractTest {
 protected:
  void SetUp() override {
    if (!TakesAnyThread()) EVENT_NOT_APPLICABLE("W6: waits in several threads");
  }

  // Waits again and again until the selector is closed: calls `before_wait()`,
  // and then `on_return(events)`. Odd numbers have room for one event only.
  // None of the waits ends by its timeout, which could pass for a wake-up:
  // whoever waits for what the waiters do gives up long before. The first two
  // of four have none, the others one that needs a clock.
  template <typename BeforeWait, typename OnReturn>
  void WaitUntilClosed(int number, const BeforeWait& before_wait,
                       const OnReturn& on_return) {
    std::array<Event, 16> room;
    const auto events = absl::MakeSpan(room).first(number % 2 == 1 ? 1 : 16);
    const absl::Duration timeout =
        number % 4 < 2 ? absl::InfiniteDuration() : absl::Hours(24);
    for (;;) {
      before_wait();
      const absl::StatusOr<absl::Span<Event>> ready =
          selector().Wait(events, timeout);
      if (!ready.ok()) {
        EXPECT_THAT(ready.status(), HasCode(absl::StatusCode::kCancelled));
        return;
      }
      on_return(*ready);
    }
  }

  // Starts the waiters, with `on_return` for all of them.
  template <typename OnReturn>
  void StartWaiters(Crew& crew, OnReturn on_return) {
    crew.Start(kWaiters, [this, on_return](int number) {
      WaitUntilClosed(
          number, [] {}, on_return);
    });
  }

  // Calls `Wake` until `is_over`.
  void WakeUntil(const std::atomic<bool>& is_over);

  // Adds, modifies and removes a handle of its own, whose events IsNoise()
  // knows, until `is_over`.
  void MutateUntil(const std::atomic<bool>& is_over);
  static constexpr Token kNoise{~std::uint64_t{0}};
  static bool IsNoise(const Event& event) { return event.token == kNoise; }
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_STRESS_STRESS_TEST_H_
