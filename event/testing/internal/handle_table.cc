#include "event/testing/internal/handle_table.h"

#include <optional>

#include "event/handle.h"

namespace event_selector {
namespace testing {
namespace internal {

DescriptionId HandleTable::Describe(bool is_pollable) {
  const DescriptionId id = next_id_++;
  descriptions_[id].is_pollable = is_pollable;
  return id;
}

void HandleTable::Hold(Handle handle, DescriptionId id) {
  handles_[handle] = id;
  ++descriptions_[id].handles;
}

Handle HandleTable::Open(bool is_pollable) {
  const Handle handle = TakeNumber();
  Hold(handle, Describe(is_pollable));
  return handle;
}

bool HandleTable::Reopen(Handle handle) {
  const bool was_open = handle >= kFirstHandle && handle < next_handle_;
  if (!was_open || Find(handle) != kNothing) return false;
  Hold(handle, Describe(true));
  return true;
}

Handle HandleTable::Duplicate(Handle handle) {
  const DescriptionId id = Find(handle);
  if (id == kNothing) return kInvalidHandle;
  const Handle duplicate = TakeNumber();
  Hold(duplicate, id);
  return duplicate;
}

std::optional<DescriptionId> HandleTable::Close(Handle handle) {
  const auto found = handles_.find(handle);
  if (found == handles_.end()) return std::nullopt;
  const DescriptionId id = found->second;
  handles_.erase(found);
  if (--descriptions_[id].handles > 0) return kNothing;
  descriptions_.erase(id);
  return id;
}

DescriptionId HandleTable::Find(Handle handle) const {
  const auto found = handles_.find(handle);
  return found == handles_.end() ? kNothing : found->second;
}

}  // namespace internal
}  // namespace testing
}  // namespace event_selector
