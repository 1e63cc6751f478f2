#ifndef BACKENDS_EPOLL_REGISTRATION_TABLE_H_
#define BACKENDS_EPOLL_REGISTRATION_TABLE_H_

#include <array>
#include <cstddef>

#include "backends/epoll/registration.h"
#include "event/handle.h"
#include "event/internal/chunk_table.h"
#include "event/token.h"

namespace event_selector {
namespace epoll {

// The registrations by descriptor, 14 bytes each. Thread-compatible.
class RegistrationTable {
 public:
  // A place in the table: valid as long as the table.
  struct Entry {
    RegistrationRecord* registration = nullptr;  // Null where there is none.
    Token* token = nullptr;

    explicit operator bool() const { return registration != nullptr; }
    RegistrationRecord* operator->() const { return registration; }
  };

  // The entry of `handle`; false where no number near it was ever used. An
  // entry may be unused.
  Entry Find(Handle handle) const {
    Chunk* const chunk = chunks_.Find(handle);
    return chunk == nullptr ? Entry() : EntryOf(*chunk, handle);
  }

  // The same for a handle that `FindOrMake` has been called with.
  Entry FindKnown(Handle handle) const {
    return EntryOf(chunks_.FindKnown(handle), handle);
  }

  // The entry of `handle` (>= 0), which may allocate memory; false where there
  // is none left.
  Entry FindOrMake(Handle handle) {
    Chunk* const chunk = chunks_.FindOrMake(handle);
    return chunk == nullptr ? Entry() : EntryOf(*chunk, handle);
  }

 private:
  struct Chunk;
  using Chunks = internal::ChunkTable<Chunk>;

  struct Chunk {
    std::array<Token, Chunks::kChunkSize> tokens;
    std::array<RegistrationRecord, Chunks::kChunkSize> registrations;
  };

  static Entry EntryOf(Chunk& chunk, Handle handle) {
    const std::size_t i = Chunks::IndexIn(handle);
    return {&chunk.registrations[i], &chunk.tokens[i]};
  }

  Chunks chunks_;
};

}  // namespace epoll
}  // namespace event_selector

#endif  // BACKENDS_EPOLL_REGISTRATION_TABLE_H_
