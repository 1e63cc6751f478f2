// R4, R5 and R9 of the contract under load: `Add`, `Modify` and `Remove` while
// others wait.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iostream>

#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/stress/stress_test.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

// The account of one handle at a time: its registrations are numbered, and the
// token carries the number.
struct Place {
  // The least number that a `Wait` may report that starts now.
  std::atomic<std::uint64_t> oldest{0};
  // The greatest number that any `Wait` may report.
  std::atomic<std::uint64_t> newest{0};
  // The greatest number that one has reported.
  std::atomic<std::uint64_t> reported{0};
};

class RegistrationStress : public StressTest {
 protected:
  static constexpr std::size_t kPlaces = 4 * kMutators;
  static Token TokenOf(std::size_t place, std::uint64_t number) {
    return Token(number * kPlaces + place);
  }

  // R4, R5: as of the beginning of a `Wait`.
  using Oldest = std::array<std::uint64_t, kPlaces>;
  void Look(Oldest& oldest) const {
    for (std::size_t i = 0; i < kPlaces; ++i) {
      oldest[i] = places_[i].oldest.load();
    }
  }

  void Check(const Event& event, const Oldest& oldest) {
    const std::size_t i = event.token.value() % kPlaces;
    const std::uint64_t number = event.token.value() / kPlaces;
    EXPECT_GE(number, oldest[i]) << "a registration that was over";
    EXPECT_LE(number, places_[i].newest.load()) << "one that never was";
    std::uint64_t reported = places_[i].reported.load();
    while (reported < number &&
           !places_[i].reported.compare_exchange_weak(reported, number)) {
    }
    events_.fetch_add(1, std::memory_order_relaxed);
  }

  // One life of a handle that is ready all the time: registered, modified, and
  // removed, reported in between each time or at once. Returns the number of
  // the next registration; 0 where an event has not come.
  std::uint64_t Live(std::size_t i, std::uint64_t number, Handle handle) {
    constexpr Mode kModes[] = {Mode::kLevel, Mode::kOneshot, Mode::kEdge};
    const Mode mode = kModes[number / 2 % 3] & modes_;
    Place& place = places_[i];
    const bool is_slow = number / 6 % 2 == 0;
    const auto is_reported = [&place, &number] {
      return place.reported.load() >= number;
    };
    place.newest = number + 1;
    EXPECT_THAT(
        selector().Add(handle, TokenOf(i, number), Interest::kReadable, mode),
        IsOk());
    if (is_slow && !Await(is_reported)) return 0;
    ++number;
    EXPECT_THAT(selector().Modify(handle, TokenOf(i, number),
                                  Interest::kWritable, mode),
                IsOk());
    place.oldest = number;
    if (is_slow && !Await(is_reported)) return 0;
    ++number;
    EXPECT_THAT(selector().Remove(handle), IsOk());
    place.oldest = number;
    return number;
  }

  void Mutate(int mutator) {
    const auto first = static_cast<std::size_t>(mutator);
    std::uint64_t number = 1;
    for (std::uint64_t i = 0; i < lives_ && number != 0; ++i) {
      // Each pair has some lives, in turn at each of the mutator's places; its
      // descriptors are used again by the next, here or in another thread.
      const SocketPair pair = MakeStreamPair();
      SendAll(pair.b.handle(), "x");
      if (!AwaitReadable(pair.a.handle(), kForSure)) return;
      for (std::size_t place = first; place < kPlaces && number != 0;
           place += kMutators) {
        number = Live(place, number, pair.a.handle());
      }
    }
  }

  const Mode modes_ = selector().capabilities().modes;
  const std::uint64_t lives_ = Scaled(60);
  std::array<Place, kPlaces> places_;
  std::atomic<std::uint64_t> events_{0};
  std::atomic<bool> is_over_{false};
};
EVENT_INSTANTIATE_CONTRACT(RegistrationStress);

// R9: what is registered is reported to the threads that wait already. R4, R5:
// no `Wait` that starts after a `Modify` or `Remove` reports what was before,
// also where the handle or its number is used again at once.
TEST_P(RegistrationStress, R9ChangesTakeEffectWhileOthersWait) {
  Crew crew;
  crew.Start(kWaiters, [this](int number) {
    Oldest oldest;
    WaitUntilClosed(
        number, [&] { Look(oldest); },
        [&](absl::Span<const Event> events) {
          for (const Event& event : events) Check(event, oldest);
        });
  });
  Crew wakers;
  wakers.Start(kWakers, [this](int) { WakeUntil(is_over_); });
  Crew mutators;
  mutators.Start(kMutators, [this](int number) { Mutate(number); });
  mutators.Join();
  is_over_ = true;
  wakers.Join();
  selector().Close();
  crew.Join();
  std::cout << 2 * lives_ * kPlaces << " registrations, " << events_.load()
            << " events\n";
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
