#ifndef BACKENDS_KQUEUE_REGISTRATION_TABLE_H_
#define BACKENDS_KQUEUE_REGISTRATION_TABLE_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "backends/kqueue/registration_word.h"
#include "event/handle.h"
#include "event/token.h"

namespace event_selector {
namespace kqueue {

// What is known of one registration. Whoever changes more than the word's state
// holds the lock of all changes; readers need none.
class Registration {
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
static_assert(sizeof(Registration) == 12, "one for each descriptor");
static_assert(std::atomic<std::uint32_t>::is_always_lock_free,
              "read by every Wait");

// The registrations by descriptor. Kqueue needs what epoll does not:
// - its EV_ADD of what is added replaces it in silence, so somebody has to know
//   (R1, R2);
// - its `udata` is a pointer, which on 32-bit systems does not hold a token;
// - the two directions of a handle are two kevents, and something has to tell
//   that one of them was reported, for both (M3), or ended (hang-up).
//
// 12 bytes a descriptor, in chunks of 256 neighbours (3 KiB) that are allocated
// when one of them is first registered and stay until the end: nothing moves.
//
// `Find` may be called from any thread, without a lock. `FindOrMake` by one
// thread at a time.
class RegistrationTable {
 public:
  RegistrationTable() = default;
  RegistrationTable(const RegistrationTable&) = delete;
  RegistrationTable& operator=(const RegistrationTable&) = delete;

  // The entry of `handle`; null where no number near it was ever registered.
  Registration* Find(Handle handle) const {
    const Directory* const directory =
        directory_.load(std::memory_order_acquire);
    const std::size_t chunk = ChunkOf(handle);
    if (directory == nullptr || chunk >= directory->size()) return nullptr;
    Chunk* const entries = (*directory)[chunk].load(std::memory_order_acquire);
    return entries == nullptr ? nullptr : &(*entries)[IndexIn(handle)];
  }

  // The entry of `handle` (>= 0), which may allocate memory.
  Registration* FindOrMake(Handle handle);

 private:
  static constexpr std::size_t kChunkSize = 256;
  using Chunk = std::array<Registration, kChunkSize>;
  using Directory = std::vector<std::atomic<Chunk*>>;

  // Beyond any table for a negative number.
  static std::size_t ChunkOf(Handle handle) {
    return static_cast<std::uint32_t>(handle) / kChunkSize;
  }
  static std::size_t IndexIn(Handle handle) {
    return static_cast<std::uint32_t>(handle) % kChunkSize;
  }
  Directory& Grow(std::size_t chunk);

  std::atomic<Directory*> directory_{nullptr};
  // All directories: a reader may still be at an older one. Each is twice as
  // large as the one before, so the old ones add up to no more than the last.
  std::vector<std::unique_ptr<Directory>> directories_;
  std::vector<std::unique_ptr<Chunk>> chunks_;
};

}  // namespace kqueue
}  // namespace event_selector

#endif  // BACKENDS_KQUEUE_REGISTRATION_TABLE_H_
