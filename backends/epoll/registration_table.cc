#include "backends/epoll/registration_table.h"

#include <cstddef>
#include <memory>

#include "event/handle.h"

namespace event_selector {
namespace epoll {

RegistrationTable::Entry RegistrationTable::FindOrMake(Handle handle) {
  const std::size_t chunk = ChunkOf(handle);
  if (chunk >= chunks_.size()) chunks_.resize(chunk + 1);
  if (chunks_[chunk] == nullptr) chunks_[chunk] = std::make_unique<Chunk>();
  return EntryOf(*chunks_[chunk], handle);
}

}  // namespace epoll
}  // namespace event_selector
