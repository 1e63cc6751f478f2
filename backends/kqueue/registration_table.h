#ifndef BACKENDS_KQUEUE_REGISTRATION_TABLE_H_
#define BACKENDS_KQUEUE_REGISTRATION_TABLE_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "backends/kqueue/registration_word.h"
#include "event/handle.h"
#include "event/internal/chunk_table.h"
#include "event/token.h"

namespace event_selector {
namespace kqueue {

// What is known of one registration. Whoever changes more than the word's state
// holds the lock of all changes; readers need none.
class AtomicRegistration {
 public:
  RegistrationWord word() const {
    return RegistrationWord(word_.load(std::memory_order_acquire));
  }

  // Replaces the registration. `word` must have a generation that no event
  // carries yet: whoever reads the token under another one notices, by reading
  // the word again.
  void Publish(RegistrationWord word, Token token);

  // The token, if the registration is still that of `generation`.
  std::optional<Token> TokenUnder(std::uint32_t generation) const;

  // Changes `word`, which must be what was read, to `desired`; false, with
  // `word` read anew, where another thread was faster.
  bool Exchange(RegistrationWord& word, RegistrationWord desired);

 private:
  std::atomic<std::uint32_t> word_{0};
  // In halves: not every 32-bit system has atomic words of 64 bits.
  std::atomic<std::uint32_t> token_low_{0};
  std::atomic<std::uint32_t> token_high_{0};
};
static_assert(sizeof(AtomicRegistration) == 12, "one for each descriptor");
static_assert(std::atomic<std::uint32_t>::is_always_lock_free,
              "read by every Wait");

// The registrations by descriptor. Kqueue needs what epoll does not:
// - its EV_ADD of what is added replaces it in silence, so somebody has to know
//   (R1, R2);
// - its `udata` is a pointer, which on 32-bit systems does not hold a token;
// - the two directions of a handle are two kevents, and something has to tell
//   that one of them was reported, for both (M3), or ended (hang-up).
//
// 12 bytes a descriptor, in chunks of 256 neighbours (3 KiB): see
// internal::ChunkTable, also for what may be called without a lock.
class RegistrationTable {
 public:
  // The entry of `handle`; null where no number near it was ever registered.
  AtomicRegistration* Find(Handle handle) const {
    Chunk* const chunk = chunks_.Find(handle);
    return chunk == nullptr ? nullptr : &EntryOf(*chunk, handle);
  }

  // The entry of `handle` (>= 0), which may allocate memory; null where there
  // is none left.
  AtomicRegistration* FindOrMake(Handle handle) {
    Chunk* const chunk = chunks_.FindOrMake(handle);
    return chunk == nullptr ? nullptr : &EntryOf(*chunk, handle);
  }

 private:
  struct Chunk;
  using Chunks = internal::ChunkTable<Chunk>;

  struct Chunk {
    std::array<AtomicRegistration, Chunks::kChunkSize> registrations;
  };

  static AtomicRegistration& EntryOf(Chunk& chunk, Handle handle) {
    return chunk.registrations[Chunks::IndexIn(handle)];
  }

  Chunks chunks_;
};

}  // namespace kqueue
}  // namespace event_selector

#endif  // BACKENDS_KQUEUE_REGISTRATION_TABLE_H_
