#ifndef BACKENDS_EPOLL_REGISTRATION_TABLE_H_
#define BACKENDS_EPOLL_REGISTRATION_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "backends/epoll/registration.h"
#include "event/handle.h"
#include "event/token.h"

namespace event_selector {
namespace epoll {

// The registrations by descriptor, 14 bytes each, in chunks that are allocated
// when one of their descriptors is first used and kept until the end: nothing
// moves, and a large number by itself costs one chunk and, for each chunk below
// it, a pointer. Thread-compatible.
class RegistrationTable {
 public:
  // A place in the table: valid as long as the table.
  struct Entry {
    Registration* registration;  // Null where there is none.
    Token* token;

    explicit operator bool() const { return registration != nullptr; }
    Registration* operator->() const { return registration; }
  };

  // The entry of `handle`; false where no number near it was ever used. An
  // entry may be unused.
  Entry Find(Handle handle) const {
    const std::size_t chunk = ChunkOf(handle);
    if (chunk >= chunks_.size() || chunks_[chunk] == nullptr) return {};
    return EntryOf(*chunks_[chunk], handle);
  }

  // The same for a handle that `FindOrMake` has been called with.
  Entry FindKnown(Handle handle) const {
    return EntryOf(*chunks_[ChunkOf(handle)], handle);
  }

  // The entry of `handle` (>= 0), which may allocate memory.
  Entry FindOrMake(Handle handle);

 private:
  static constexpr std::size_t kChunkSize = 256;

  struct Chunk {
    std::array<Token, kChunkSize> tokens;
    std::array<Registration, kChunkSize> registrations;
  };

  // Beyond any table for a negative number.
  static std::size_t ChunkOf(Handle handle) {
    return static_cast<std::uint32_t>(handle) / kChunkSize;
  }
  static Entry EntryOf(Chunk& chunk, Handle handle) {
    const std::size_t i = static_cast<std::uint32_t>(handle) % kChunkSize;
    return {&chunk.registrations[i], &chunk.tokens[i]};
  }

  std::vector<std::unique_ptr<Chunk>> chunks_;
};

}  // namespace epoll
}  // namespace event_selector

#endif  // BACKENDS_EPOLL_REGISTRATION_TABLE_H_
