// Random calls on a few handles, each `Wait` compared with what poll(2) and the
// contract say must, may and must not be reported. Both selectors over epoll
// are put through it: what the plain one passes is what the other has to keep.

#include <poll.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"
#include "gtest/gtest.h"
#include "tests/contract/backends.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

constexpr std::size_t kHandles = 6;

// What a handle is ready for now, of `interest`, hang-up and error.
Readiness ReadyNow(Handle handle, Interest interest) {
  pollfd watched = {handle, static_cast<short>(interest.bits()), 0};
  return poll(&watched, 1, 0) == 1
             ? Readiness::FromBits(static_cast<std::uint32_t>(watched.revents))
             : Readiness();
}

struct Watched {
  SocketPair pair = MakeStreamPair();
  bool is_registered = false;
  Token token;
  Interest interest;
  Mode mode;
  // May be reported: not a spent oneshot registration.
  bool is_armed = false;
  // Edge: a change to ready that was not reported yet.
  bool is_due = false;

  Handle handle() const { return pair.a.handle(); }
  bool is_oneshot() const { return mode.contains(Mode::kOneshot); }
  bool is_edge() const {
    return !is_oneshot() && (mode.contains(Mode::kEdge) || interest.empty());
  }
  bool is_ready() const { return !ReadyNow(handle(), interest).empty(); }
  // Whether a number of waits must report it.
  bool must_be_reported() const {
    return is_registered && is_armed && is_ready() && (!is_edge() || is_due);
  }
};

class Game {
 public:
  Game(Selector& selector, std::uint32_t seed)
      : selector_(selector), random_(seed), watched_(kHandles) {}

  void Play(int moves) {
    for (int i = 0; i < moves && !::testing::Test::HasFatalFailure(); ++i) {
      Move(watched_[Random(kHandles)]);
    }
  }
  std::string history() const { return history_; }

 private:
  std::size_t Random(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }
  Interest RandomInterest() {
    const Interest interests[] = {Interest::kReadable,
                                  Interest::kReadable,
                                  Interest::kWritable,
                                  Interest::kReadable | Interest::kWritable,
                                  Interest::kReadable | Interest::kReadClosed,
                                  Interest::kNone};
    return interests[Random(6)];
  }
  Mode RandomMode() {
    const Mode modes[] = {Mode::kLevel, Mode::kEdge, Mode::kOneshot,
                          Mode::kOneshot, Mode::kOneshot | Mode::kEdge};
    return modes[Random(5)];
  }
  void Note(const char* what, const Watched& watched) {
    absl::StrAppend(&history_, what, " ", &watched - watched_.data(), "; ");
  }

  void Move(Watched& watched) {
    switch (Random(16)) {
      case 0:
      case 1:
        return Register(watched);
      case 2:
        return Remove(watched);
      case 3:
      case 4:
      case 5:
        return Rearm(watched);
      case 6:
        return Change(watched);
      case 7:
      case 8:
      case 9:
        return Send(watched);
      case 10:
      case 11:
        Note("drain", watched);
        Drain(watched.handle());
        return;
      case 12:
        if (Random(8) == 0) ReplacePair(watched);
        return;
      case 13:
        Note("wake", watched);
        ASSERT_TRUE(selector_.Wake().ok());
        return;
      default:
        return Random(3) == 0 ? CollectAll()
                              : WaitOnce(1 + Random(kHandles + 2));
    }
  }

  void Arm(Watched& watched, Interest interest, Mode mode, Token token) {
    watched.is_registered = true;
    watched.token = token;
    watched.interest = interest;
    watched.mode = mode;
    watched.is_armed = true;
    watched.is_due = watched.is_ready();
  }
  void Register(Watched& watched) {
    if (watched.is_registered) return;
    Note("add", watched);
    const Interest interest = RandomInterest();
    const Mode mode = RandomMode();
    const Token token(++last_token_);
    ASSERT_TRUE(selector_.Add(watched.handle(), token, interest, mode).ok());
    Arm(watched, interest, mode, token);
  }
  void Remove(Watched& watched) {
    if (!watched.is_registered || Random(4) != 0) return;
    Note("remove", watched);
    ASSERT_TRUE(selector_.Remove(watched.handle()).ok());
    watched.is_registered = false;
  }
  void Modify(Watched& watched, Interest interest, Mode mode) {
    const Token token = Random(2) == 0 ? watched.token : Token(++last_token_);
    ASSERT_TRUE(selector_.Modify(watched.handle(), token, interest, mode).ok());
    Arm(watched, interest, mode, token);
  }
  void Rearm(Watched& watched) {
    if (!watched.is_registered) return;
    Note("rearm", watched);
    Modify(watched, watched.interest, watched.mode);
  }
  void Change(Watched& watched) {
    if (!watched.is_registered) return;
    Note("change", watched);
    Modify(watched, RandomInterest(), RandomMode());
  }
  void Send(Watched& watched) {
    if (!watched.pair.b.valid()) return;
    Note("send", watched);
    SendAll(watched.pair.b.handle(), "x");
    if (watched.interest.contains(Interest::kReadable)) watched.is_due = true;
  }
  // The peer goes, or the handle itself without `Remove`.
  void ReplacePair(Watched& watched) {
    if (watched.pair.b.valid()) {
      Note("close the peer of", watched);
      watched.pair.b.Close();
      watched.is_due = true;
      return;
    }
    Note("close", watched);
    watched.pair = MakeStreamPair();
    watched.is_registered = false;
  }

  // One `Wait`: what may not be reported is not. Adds what is to `reported`.
  void WaitOnce(std::size_t room, std::vector<bool>* reported = nullptr) {
    absl::StrAppend(&history_, "wait(", room, "); ");
    std::vector<Event> events(room);
    const auto ready =
        selector_.Wait(absl::MakeSpan(events), absl::ZeroDuration());
    ASSERT_TRUE(ready.ok()) << ready.status();
    std::vector<bool> seen(kHandles);
    for (const Event& event : *ready) {
      std::size_t i = 0;
      while (i < kHandles &&
             !(watched_[i].is_registered && watched_[i].token == event.token)) {
        ++i;
      }
      ASSERT_LT(i, kHandles) << event << " has the token of no registration";
      Watched& watched = watched_[i];
      EXPECT_FALSE(seen[i]) << "W1: twice: " << event;
      EXPECT_TRUE(watched.is_armed) << "M3: disarmed: " << event;
      EXPECT_EQ(event.readiness, ReadyNow(watched.handle(), watched.interest))
          << "R4: " << event.token;
      EXPECT_FALSE(event.readiness.empty());
      seen[i] = true;
      if (reported != nullptr) (*reported)[i] = true;
      if (watched.is_oneshot()) watched.is_armed = false;
      watched.is_due = false;
    }
  }

  // As many as it takes for all to have their turn: nothing that must be
  // reported is missing.
  void CollectAll() {
    std::vector<bool> is_expected;
    for (const Watched& watched : watched_) {
      is_expected.push_back(watched.must_be_reported());
    }
    std::vector<bool> reported(kHandles);
    const std::size_t room = 1 + Random(kHandles + 2);
    for (std::size_t i = 0; i < 3 * kHandles + 3; ++i) {
      WaitOnce(room, &reported);
    }
    for (std::size_t i = 0; i < kHandles; ++i) {
      if (is_expected[i]) {
        EXPECT_TRUE(reported[i]) << i << " was not reported";
      }
    }
  }

  Selector& selector_;
  std::mt19937 random_;
  std::vector<Watched> watched_;
  std::uint64_t last_token_ = 0;
  std::string history_;
};

class RearmingModelTest : public ::testing::TestWithParam<Backend> {};
std::vector<Backend> EpollBackends() {
  std::vector<Backend> backends;
  for (const Backend& backend : AllBackendsUnderTest()) {
    if (absl::StartsWith(backend.name, "epoll")) backends.push_back(backend);
  }
  return backends;
}
INSTANTIATE_TEST_SUITE_P(Backends, RearmingModelTest,
                         ::testing::ValuesIn(EpollBackends()),
                         ::testing::PrintToStringParamName());

TEST_P(RearmingModelTest, RandomCallsKeepTheContract) {
  const std::uint32_t first_seed = std::random_device()();
  for (std::uint32_t i = 0; i < 60; ++i) {
    const std::unique_ptr<Selector> selector = GetParam().create().value();
    Game game(*selector, first_seed + i);
    game.Play(300);
    ASSERT_FALSE(HasFailure())
        << "seed " << first_seed + i << ": " << game.history();
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
