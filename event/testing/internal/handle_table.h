#ifndef EVENT_TESTING_INTERNAL_HANDLE_TABLE_H_
#define EVENT_TESTING_INTERNAL_HANDLE_TABLE_H_

#include <cstdint>
#include <map>
#include <optional>

#include "event/handle.h"
#include "event/readiness.h"

namespace event_selector {
namespace testing {
namespace internal {

// What one or several handles name: what POSIX calls an open file description.
// Never used again for another one.
using DescriptionId = std::uint64_t;

// The handles that are open in a simulation, and what holds for them.
// Thread-compatible.
class HandleTable {
 public:
  static constexpr DescriptionId kNothing = 0;

  // A handle that never was open, of a new description.
  Handle Open(bool is_pollable);
  // The same under a number that was closed. False if it was not.
  bool Reopen(Handle handle);
  // Another handle of what `handle` names; kInvalidHandle if that is not open.
  Handle Duplicate(Handle handle);
  // The description that is gone with its last handle, if it is. nullopt if
  // `handle` is not open.
  std::optional<DescriptionId> Close(Handle handle);

  // What `handle` names; kNothing if it is not open.
  DescriptionId Find(Handle handle) const;

  // Of descriptions that are not gone.
  bool is_pollable(DescriptionId id) const {
    return descriptions_.at(id).is_pollable;
  }
  Readiness readiness(DescriptionId id) const {
    return descriptions_.at(id).readiness;
  }
  void set_readiness(DescriptionId id, Readiness readiness) {
    descriptions_.at(id).readiness = readiness;
  }

 private:
  struct Description {
    bool is_pollable = true;
    int handles = 0;
    Readiness readiness;
  };

  DescriptionId Describe(bool is_pollable);
  Handle TakeNumber() { return next_handle_++; }
  void Hold(Handle handle, DescriptionId id);

  // Above the numbers of real handles, so that a call of the system that takes
  // a fake one by mistake fails.
  static constexpr Handle kFirstHandle = 100'000'000;

  Handle next_handle_ = kFirstHandle;
  DescriptionId next_id_ = kNothing + 1;
  // Ordered, so that a simulation is the same each time.
  std::map<Handle, DescriptionId> handles_;
  std::map<DescriptionId, Description> descriptions_;
};

}  // namespace internal
}  // namespace testing
}  // namespace event_selector

#endif  // EVENT_TESTING_INTERNAL_HANDLE_TABLE_H_
