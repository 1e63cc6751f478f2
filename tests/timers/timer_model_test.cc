// Random calls of a queue and of a model, which is sorted at all times and
// knows nothing of heaps. .ci/full gives it more --steps.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "event/timer_id.h"
#include "event/timer_queue.h"
#include "gtest/gtest.h"

ABSL_FLAG(std::uint64_t, steps, 400'000, "how many calls");
ABSL_FLAG(std::uint64_t, seed, 20261130, "of the choices");

namespace event_selector {
namespace testing {
namespace {

using std::chrono::nanoseconds;

constexpr std::int64_t kNever = nanoseconds::max().count();

// The timers by deadline and number, which counts the calls of `Add`.
class Model {
 public:
  void Add(std::int64_t deadline, std::uint64_t number) {
    deadlines_[number] = deadline;
    (in_round_ ? next_ : timers_).emplace(deadline, number);
  }
  bool Cancel(std::uint64_t number) {
    const auto found = deadlines_.find(number);
    if (found == deadlines_.end()) return false;
    const auto key = std::make_pair(found->second, number);
    timers_.erase(key);
    next_.erase(key);
    deadlines_.erase(found);
    return true;
  }
  bool Postpone(std::uint64_t number, std::int64_t deadline) {
    const auto found = deadlines_.find(number);
    if (found == deadlines_.end()) return false;
    const auto key = std::make_pair(found->second, number);
    Timers& timers = timers_.count(key) != 0 ? timers_ : next_;
    timers.erase(key);
    timers.emplace(deadline, number);
    found->second = deadline;
    return true;
  }
  // Without those that were postponed, which may make it less.
  absl::Duration UntilNext(std::int64_t now) {
    EndRound();
    if (timers_.empty() || timers_.begin()->first == kNever) {
      return absl::InfiniteDuration();
    }
    return std::max(
        absl::ZeroDuration(),
        absl::Nanoseconds(timers_.begin()->first) - absl::Nanoseconds(now));
  }
  std::optional<std::uint64_t> PopDue(std::int64_t now) {
    in_round_ = true;
    if (timers_.empty() || timers_.begin()->first > now ||
        timers_.begin()->first == kNever) {
      EndRound();
      return std::nullopt;
    }
    const std::uint64_t number = timers_.begin()->second;
    timers_.erase(timers_.begin());
    deadlines_.erase(number);
    return number;
  }
  std::size_t size() const { return deadlines_.size(); }

 private:
  using Timers = std::set<std::pair<std::int64_t, std::uint64_t>>;

  void EndRound() {
    in_round_ = false;
    timers_.merge(next_);
  }

  Timers timers_;
  Timers next_;  // Added in this round.
  std::map<std::uint64_t, std::int64_t> deadlines_;
  bool in_round_ = false;
};

class Play {
 public:
  explicit Play(std::uint64_t seed) : random_(seed) {}

  void Step() {
    switch (Choose(phase_ == 0 ? 8 : 12)) {
      case 0:
      case 1:
      case 2:
        return Add();
      case 3:
        return Cancel();
      case 4:
      case 5:
        return Postpone();
      case 6:
        return UntilNext();
      case 7:
        return MoveClock();
      default:  // So that the queue shrinks, too.
        return PopDue();
    }
  }
  void NextPhase() { phase_ = (phase_ + 1) % 3; }

  // What is left comes in order.
  void Finish() {
    for (now_ = kNever; model_.size() > 0;) {
      const std::size_t before = model_.size();
      PopDue();
      if (::testing::Test::HasFatalFailure()) return;
      if (model_.size() < before) continue;
      UntilNext();  // The next round.
      PopDue();
      if (model_.size() == before) break;  // Those that never come.
    }
  }

 private:
  std::uint64_t Choose(std::uint64_t count) { return random_() % count; }

  std::int64_t Deadline() {
    switch (Choose(20)) {
      case 0:
        return kNever;
      case 1:
        return nanoseconds::min().count();
      case 2:
        return now_;
      case 3:
        return static_cast<std::int64_t>(random_());
      default:  // Near, so that many are equal.
        return now_ / 2 * 2 + static_cast<std::int64_t>(Choose(600)) - 100;
    }
  }
  // Mostly of a timer that is there.
  std::size_t AnyNumber() {
    const std::size_t recent = std::min<std::size_t>(ids_.size(), 3000);
    return ids_.size() - 1 - Choose(Choose(50) == 0 ? ids_.size() : recent);
  }

  void Add() {
    const std::int64_t deadline = Deadline();
    const absl::StatusOr<TimerId> id =
        timers_.Add(nanoseconds(deadline), ids_.size());
    ASSERT_TRUE(id.ok()) << id.status();
    model_.Add(deadline, ids_.size());
    ids_.push_back(*id);
    ASSERT_EQ(timers_.size(), model_.size());
  }
  void Cancel() {
    if (ids_.empty()) return;
    const std::size_t number = AnyNumber();
    ASSERT_EQ(timers_.Cancel(ids_[number]), model_.Cancel(number));
    ASSERT_EQ(timers_.size(), model_.size());
  }
  void Postpone() {
    if (ids_.empty()) return;
    const std::size_t number = AnyNumber();
    const std::int64_t deadline = Deadline();
    const bool is_there = model_.Postpone(number, deadline);
    ASSERT_EQ(timers_.Postpone(ids_[number], nanoseconds(deadline)), is_there);
    if (is_there) ++postponed_;
  }
  void UntilNext() {
    const absl::Duration wait = timers_.UntilNext(nanoseconds(now_));
    const absl::Duration longest = model_.UntilNext(now_);
    ASSERT_GE(wait, absl::ZeroDuration());
    ASSERT_LE(wait, longest);
    ASSERT_EQ(wait == absl::ZeroDuration(), longest == absl::ZeroDuration());
    if (wait == longest || wait > absl::Microseconds(1)) return;
    // A wait for a deadline that some timer had: at most as many as there were.
    ASSERT_GT(postponed_, 0u);
    now_ += absl::ToInt64Nanoseconds(wait);
    --postponed_;
    ASSERT_EQ(timers_.PopDue(nanoseconds(now_)), std::nullopt);
    ASSERT_EQ(model_.PopDue(now_), std::nullopt);
  }
  void PopDue() {
    ASSERT_EQ(timers_.PopDue(nanoseconds(now_)), model_.PopDue(now_));
    ASSERT_EQ(timers_.size(), model_.size());
  }
  void MoveClock() {
    const auto distance = static_cast<std::int64_t>(Choose(100));
    now_ += Choose(10) == 0 ? -distance : distance;
  }

  std::mt19937_64 random_;
  std::uint64_t phase_ = 0;
  std::int64_t now_ = 0;
  std::uint64_t postponed_ = 0;  // That may end a wait yet.
  TimerQueue<std::uint64_t> timers_;
  Model model_;
  std::vector<TimerId> ids_;  // By number.
};

TEST(TimerModelTest, TheQueueDoesWhatTheModelDoes) {
  const std::uint64_t steps = absl::GetFlag(FLAGS_steps);
  // One play after the other, each of which begins with an empty queue.
  constexpr std::uint64_t kStepsOfPlay = 100'000;
  std::uint64_t seed = absl::GetFlag(FLAGS_seed);
  for (std::uint64_t done = 0; done < steps; ++seed) {
    SCOPED_TRACE(seed);
    Play play(seed);
    for (std::uint64_t i = 0; i < kStepsOfPlay && done < steps; ++i, ++done) {
      if (i % 5000 == 4999) play.NextPhase();
      play.Step();
      if (HasFatalFailure()) FAIL() << "at step " << i << " of seed " << seed;
    }
    play.Finish();
    if (HasFatalFailure()) FAIL() << "at the end of seed " << seed;
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
