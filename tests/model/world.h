#ifndef TESTS_MODEL_WORLD_H_
#define TESTS_MODEL_WORLD_H_

#include <array>
#include <cstddef>
#include <vector>

#include "event/handle.h"
#include "event/readiness.h"
#include "tests/model/objects.h"
#include "tests/model/script.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {

// The real objects that a script plays with, in numbered slots. The members do
// what the operations of their names say and know nothing of a selector.
//
// An object has two ends, or one; each end that is open somewhere is an open
// file description, which several slots can hold as duplicates. Both are
// numbered: `object * 2 + end`. The numbers of what is gone are used again.
//
// Not thread-safe. One at a time in a process: the slots' numbers are the same
// in each.
class World {
 public:
  static constexpr int kNothing = -1;
  static constexpr int kDescriptions = 2 * kSlots;
  static constexpr int ObjectOf(int description) { return description / 2; }

  World() = default;
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World();

  // What `slot` holds, open or not.
  Handle handle(int slot) const;
  // The description that `slot` holds, or kNothing.
  int description(int slot) const { return slots_[Index(slot)].description; }
  // Whether `slot` holds something that poll(2) can watch.
  bool is_pollable(int slot) const;
  // Whether what one end does may reach the other end a moment later.
  bool is_delayed(int slot) const;

  // Whether fstat(2) says the same of it as of others of its kind.
  bool is_alike(int slot) const;

  // Opens an object in `slot`, a pair in both slots of its pair; they must be
  // empty. False, and nothing is done, where the system has no such kind.
  bool Open(int slot, Kind kind);
  // `slot` must not be empty.
  void Close(int slot);
  void Reset(int slot);
  // `from` must not be empty, `to` must be. False where the system has no
  // duplicates.
  bool Dup(int from, int to);

  // What holds for each description. Entries that nobody asked for mean
  // nothing.
  using Levels = std::array<Readiness, kDescriptions>;

  // Asks poll(2) what holds for `descriptions`, which must be open, and writes
  // it to `levels`.
  void Poll(const std::vector<int>& descriptions, Levels& levels) const;

  // Makes of the `levels` of `descriptions` what a system can tell that knows
  // the end of each direction, and an error only together with an end (kqueue):
  // - a pipe whose other end is gone has hung up;
  // - with a hang-up both directions are ready (a write fails at once), and the
  //   peer's has ended;
  // - an error without an end (of a datagram socket) makes both directions
  //   ready, and is no more than that.
  void AsEnds(const std::vector<int>& descriptions, Levels& levels) const;

  // What an operation on a handle was good for.
  struct Result {
    bool is_done = false;  // False: it makes no sense there, and was skipped.
    // What was seen to be not ready at the end, since it would have blocked.
    Readiness unready;
  };
  Result Read(int slot);
  Result Write(int slot);
  Result Drain(int slot);
  Result Fill(int slot);
  Result Shutdown(int slot);
  Result SendOob(int slot);

 private:
  struct Slot {
    Socket socket;
    int description = kNothing;
  };
  struct Object {
    Kind kind = Kind::kFile;
    std::array<int, 2> holders = {0, 0};  // How many slots hold each end.
    bool had_oob = false;
    std::array<bool, 2> has_shut_down = {};  // Which end its sending side.
  };

  static std::size_t Index(int number) {
    return static_cast<std::size_t>(number);
  }
  const Object& object(int slot) const {
    return objects_[Index(ObjectOf(description(slot)))];
  }
  Object& object(int slot) {
    return objects_[Index(ObjectOf(description(slot)))];
  }
  // Which end of its object `slot` holds.
  int end(int slot) const { return description(slot) % 2; }
  Handle open_handle(int slot) const {
    return slots_[Index(slot)].socket.handle();
  }

  bool IsConnection(int slot) const;
  bool IsListening(int slot) const;
  bool CanRead(int slot) const;
  bool CanWrite(int slot) const;
  int FreeObject() const;
  void Hold(int slot, Socket socket, int description);
  int LetGo(int slot);
  Result AfterRead(int slot, IoResult result) const;

  std::array<Slot, kSlots> slots_;
  std::array<Object, kSlots> objects_;
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_MODEL_WORLD_H_
