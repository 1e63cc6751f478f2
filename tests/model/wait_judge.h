#ifndef TESTS_MODEL_WAIT_JUDGE_H_
#define TESTS_MODEL_WAIT_JUDGE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "tests/model/liberties.h"
#include "tests/model/registration.h"
#include "tests/model/registration_table.h"
#include "tests/model/script.h"
#include "tests/model/world.h"

namespace event_selector {
namespace testing {

// nullopt where all is right, else a sentence that says what is not.
using Verdict = std::optional<std::string>;

// What holds for each description.
using Levels = World::Levels;
// How often something was done with each object.
using Activity = std::array<std::uint64_t, kSlots>;

// What is known about one Wait when it returns.
struct WaitFacts {
  std::size_t room = 0;
  absl::Span<const Event> events;
  std::uint64_t number = 0;  // Which Wait it was, from 1 on.
  // Places that may have been taken by what is not reported.
  std::size_t wasted = 0;
  // Whether a wake-up may have come with it.
  bool may_be_woken = false;
  // What each registration had to report.
  const std::vector<Readiness>& due;
  const Levels& before;
  const Activity& activity;
  Readiness unpollable;  // What no level tells of.
  Liberties liberties;
  // The levels just after the Wait. Called where those before leave something
  // open.
  absl::FunctionRef<const Levels&()> ask_again;
};

// Judges the events of one Wait, and tells the registrations what they have
// reported. An object of this class serves one call of `Judge`.
class WaitJudge {
 public:
  WaitJudge(RegistrationTable& table, const WaitFacts& facts)
      : table_(table), facts_(facts) {}

  Verdict Judge();

 private:
  static constexpr int kSilent = 0;    // Reported nothing.
  static constexpr int kReported = 1;  // Reported one event.
  static constexpr int kShared = 2;    // Judged with the others of its token.

  using Group = RegistrationTable::Group;
  using Events = absl::InlinedVector<Event, 4>;
  // For each of a list the candidates of another.
  using Candidates = std::vector<std::vector<int>>;

  std::size_t Index(int index) const { return static_cast<std::size_t>(index); }
  bool IsOpen(int index) const {
    return table_.at(index).description() != Registration::kNothing;
  }
  Readiness due(int index) const { return facts_.due[Index(index)]; }
  std::uint64_t activity(int index) const;
  Readiness HeldBefore(int index) const;
  Readiness May(int index);
  // Whether some of the room was left because nothing else was ready.
  bool has_room_left() const {
    return facts_.events.size() + facts_.wasted < facts_.room &&
           !may_be_tight();
  }
  // Whether the places may have run out before the room.
  bool may_be_tight() const {
    return facts_.liberties.MayBeTight(facts_.room, Index(table_.size()));
  }
  // Whether `readiness` tells all of what `index` must report, as far as that
  // must come together.
  bool IsWhole(Readiness readiness, int index) const {
    Readiness whole = due(index);
    if (facts_.liberties.may_be_stale &&
        table_.at(index).mode().contains(Mode::kOneshot)) {
      whole &= Readiness::kReadable | Readiness::kWritable;
    }
    return may_be_tight() || readiness.contains(whole);
  }
  // K3: registrations that share a token may share an event then.
  bool may_be_merged() const {
    return facts_.may_be_woken &&
           facts_.events.size() + facts_.wasted + 1 >= facts_.room;
  }

  Verdict JudgeEvent(const Event& event);
  Verdict JudgeOwnEvent(const Event& event, int index);
  std::string WhyNot(const Event& event, int index);

  Verdict JudgeGroup(const Group& group);
  Verdict JudgeMergedGroup(const Group& group, const Events& events);
  Verdict JudgeMatchedGroup(const Group& group, const Events& events);
  bool IsEventOf(const Event& event, int index);
  bool CanAllBeMatched(const Candidates& candidates, std::size_t size) const;
  void TellGroup(const Group& group, const Events& events);
  Events EventsOf(const Group& group) const;

  Verdict JudgeTheSilent();
  bool StillWaits(int index) const;
  Verdict JudgeTurns();
  void CountTurns();

  RegistrationTable& table_;
  const WaitFacts& facts_;
  const Levels* after_ = nullptr;  // Once asked.
  std::vector<int> state_;         // Of each registration.
  bool has_shared_events_ = false;
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_MODEL_WAIT_JUDGE_H_
