#include "backends/iocp/poll_groups.h"

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "backends/iocp/completion_port.h"
#include "event/internal/described_error.h"

namespace event_selector {
namespace iocp {

absl::StatusOr<PollGroup*> PollGroups::Join(HANDLE port) {
  if (with_room_.empty()) {
    std::unique_ptr<PollGroup> group;
    if (!internal::HasMemoryFor([&] {
          group = std::make_unique<PollGroup>();
          // So that Leave, which is called in Wait, never allocates.
          with_room_.reserve(groups_.size() + 1);
          groups_.reserve(groups_.size() + 1);
        })) {
      return internal::NoMemoryError("a group of registrations");
    }
    if (absl::Status status = group->device.Open(
            port, static_cast<std::uintptr_t>(PacketKey::kPoll));
        !status.ok()) {
      return status;
    }
    with_room_.push_back(group.get());
    groups_.push_back(std::move(group));
  }
  PollGroup* const group = with_room_.back();
  if (++group->members == PollGroup::kMostMembers) with_room_.pop_back();
  return group;
}

void PollGroups::Leave(PollGroup* group) {
  if (group->members-- == PollGroup::kMostMembers) with_room_.push_back(group);
}

}  // namespace iocp
}  // namespace event_selector
