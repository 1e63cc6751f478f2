#ifndef TESTS_SIMULATED_SIMULATED_PLAY_H_
#define TESTS_SIMULATED_SIMULATED_PLAY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "event/event.h"
#include "event/handle.h"
#include "event/readiness.h"
#include "event/testing/simulated_faults.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulation.h"
#include "tests/model/contract_model.h"
#include "tests/model/script.h"
#include "tests/model/wait_judge.h"
#include "tests/model/world.h"

namespace event_selector {
namespace testing {

// What the objects of a script would do, in a simulation: pairs that make each
// other readable, writable, hung up. It says what holds for each, by the
// operations alone.
class SimulatedObjects {
 public:
  explicit SimulatedObjects(Simulation& simulation) : simulation_(simulation) {}

  Handle handle(int slot) const { return slots_[Index(slot)].handle; }
  int description(int slot) const { return slots_[Index(slot)].description; }
  bool is_pollable(int slot) const;
  const World::Levels& levels() const { return levels_; }

  // As those of `World`.
  void Open(int slot, Kind kind);
  void Close(int slot, bool is_reset);
  void Dup(int from, int to);
  // What was seen not to hold at the end.
  Readiness Do(Operation::Verb verb, int slot);

 private:
  struct Slot {
    Handle handle = kInvalidHandle;
    int description = World::kNothing;
  };
  struct End {
    Kind kind = Kind::kStream;
    int holders = 0;
    int unread = 0;
    bool is_at_end = false;  // Nothing more will come: always readable.
  };

  static std::size_t Index(int number) {
    return static_cast<std::size_t>(number);
  }
  static int Peer(int description) { return description ^ 1; }
  End& end(int description) { return ends_[Index(description)]; }
  int FreeObject() const;
  void Hold(int slot, int description, Kind kind);
  Readiness Read(int description, bool is_all);
  void Add(int description, Readiness readiness);
  void Clear(int description, Readiness readiness);
  // A handle of `description`; kInvalidHandle where there is none.
  Handle HandleOf(int description) const;

  Simulation& simulation_;
  std::array<Slot, kSlots> slots_;
  std::array<End, World::kDescriptions> ends_;
  World::Levels levels_ = {};
};

// As `Play`, for a simulated selector: it, the model and simulated objects side
// by side.
class SimulatedPlay {
 public:
  explicit SimulatedPlay(const SimulatedFaults& faults = {});

  // What the selector did wrong; nullopt where it and the model agree.
  Verdict Do(const Operation& operation);

  std::uint64_t waits() const { return waits_; }
  std::uint64_t events() const { return events_; }

 private:
  void TouchHandles(const Operation& operation);
  void Open(const Operation& open);
  void Close(int slot, bool is_reset);
  void Dup(int from, int to);
  void TellOpen(int slot);
  Verdict Wait(const Operation& wait);

  Simulation simulation_;
  SimulatedSelector selector_{simulation_};
  SimulatedObjects objects_{simulation_};
  Model model_;
  std::vector<Event> room_;
  std::uint64_t waits_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_SIMULATED_SIMULATED_PLAY_H_
