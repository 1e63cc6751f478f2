#ifndef TESTS_MODEL_PLAY_H_
#define TESTS_MODEL_PLAY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/selector.h"
#include "tests/model/contract_model.h"
#include "tests/model/liberties.h"
#include "tests/model/script.h"
#include "tests/model/watchdog.h"
#include "tests/model/world.h"

namespace event_selector {
namespace testing {

struct Counts {
  std::uint64_t waits = 0;
  std::uint64_t events = 0;
  std::uint64_t skipped = 0;  // Operations that made no sense at their turn.
};

// One selector, the model and the handles that both are told of, side by side:
// does an operation to all three.
class Play {
 public:
  Play(Selector& selector, Watchdog& watchdog, const Liberties& liberties);

  // What the selector did wrong; nullopt where it and the model agree. After a
  // difference, the model knows no more and the play is over.
  Verdict Do(const Operation& operation);

  const Counts& counts() const { return counts_; }

 private:
  void TouchHandles(const Operation& operation);

  void Open(const Operation& open);
  void Dup(int from, int to);
  void RemoveInTime(int slot);
  void Close(int slot, bool is_reset);
  void TellOpen(int slot);
  void DoIo(int slot, World::Result (World::*io)(int));

  void Look(World::Levels& levels);
  Verdict Wait(const Operation& wait);
  absl::Duration TimeoutOf(const Operation& wait) const;
  Verdict JudgeSpan(std::size_t room, absl::Span<const Event> events) const;

  Selector& selector_;
  Watchdog& watchdog_;
  World world_;
  const Liberties liberties_;
  Model model_;
  Counts counts_;
  std::vector<Event> room_;
  World::Levels before_ = {};
  World::Levels after_ = {};
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_MODEL_PLAY_H_
