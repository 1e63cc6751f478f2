#ifndef BACKENDS_IO_URING_REGISTRATION_H_
#define BACKENDS_IO_URING_REGISTRATION_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "backends/epoll/rearm_prediction.h"
#include "backends/epoll/registration_mask.h"
#include "event/handle.h"
#include "event/internal/chunk_table.h"
#include "event/mode.h"
#include "event/token.h"

namespace event_selector {
namespace io_uring {

// Whether it takes a request that goes on after its first completion.
inline bool NeedsMultishot(epoll::RegistrationMask wanted) {
  return !wanted.has(Mode::kOneshot) || !wanted.has_interest();
}

// What a completion belongs to: the handle and the generation of a
// registration, or one of these, whose lower half is no handle.
inline constexpr std::uint64_t kWakerData = 0xffff'ffff;
inline constexpr std::uint64_t kSetData = 0xffff'fffe;
inline constexpr std::uint64_t kNobodysData = 0xffff'fffd;

constexpr std::uint64_t DataOf(Handle handle, std::uint32_t generation) {
  return std::uint64_t{generation} << 32 | static_cast<std::uint32_t>(handle);
}
constexpr Handle HandleOf(std::uint64_t data) {
  return static_cast<Handle>(data);
}
constexpr std::uint32_t GenerationOf(std::uint64_t data) {
  return static_cast<std::uint32_t>(data >> 32);
}
constexpr bool IsSpecial(std::uint64_t data) { return HandleOf(data) < 0; }

// What the selector knows of a registration, besides its token. It is in one of
// two places: the epoll set, which knows the rest, or the ring, where it has at
// most one request that counts.
struct Registration {
  // The next one in the list of those to be asked for (`AskList`).
  Handle next = kInvalidHandle;
  // What the handle named when it was added, as far as `Identify` tells; only
  // of those that came into the ring.
  std::uint32_t identity = 0;
  // Of the last request: a completion of an earlier one tells nothing.
  std::uint32_t generation = 0;
  // The number of the event that it was last reported by; for a oneshot one
  // that is asked for, how often the kernel had been entered when it was.
  std::uint32_t stamp = 0;
  // What the caller asked for, and what the request asks the kernel for.
  epoll::RegistrationMask wanted;
  epoll::RegistrationMask held;
  // Whether a handle that is armed again will be ready at once, again.
  epoll::RearmPrediction prediction;
  // Whether there is a registration at all.
  bool is_used : 1;
  bool is_in_set : 1;
  // Whether it may be reported: always, but for a spent oneshot one.
  bool is_armed : 1;
  // Whether there is a request.
  bool is_asked : 1;
  // Whether it is in the list of those to be asked for. It may be there without
  // being in need of it any more.
  bool is_listed : 1;
  // Whether the next request is to be one that looks anew at what holds.
  bool looks_again : 1;
  // Whether a oneshot registration needs a request that goes on, since the
  // kernel would report at once what it does not ask for.
  bool is_persistent : 1;
  // Whether it is of a kind that only the set can watch.
  bool is_bound_to_set : 1;
  // Whether the handle is a HandleKind::kObject.
  bool is_object : 1;
  // Of a spent oneshot one: whether it had been ready as soon as it was armed.
  bool was_ready : 1;

  Registration()
      : is_used(false),
        is_in_set(false),
        is_armed(false),
        is_asked(false),
        is_listed(false),
        looks_again(false),
        is_persistent(false),
        is_bound_to_set(false),
        is_object(false),
        was_ready(false) {}

  bool is_oneshot() const { return wanted.has(Mode::kOneshot); }
  // Whether the kernel has to be told something for it.
  bool needs_asking() const {
    return is_used && !is_in_set && is_armed &&
           (!is_asked || looks_again || held != wanted);
  }
};
static_assert(sizeof(Registration) == 24, "one for each descriptor");

// The registrations by descriptor, 32 bytes each. Thread-compatible.
class RegistrationTable {
 public:
  // A place in the table: valid as long as the table.
  struct Entry {
    Registration* registration = nullptr;  // Null where there is none.
    Token* token = nullptr;

    explicit operator bool() const { return registration != nullptr; }
    Registration* operator->() const { return registration; }
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
    if (chunk == nullptr) return Entry();
    const std::size_t number =
        static_cast<std::size_t>(handle) / Chunks::kChunkSize;
    chunk_count_ = std::max(chunk_count_, number + 1);
    return EntryOf(*chunk, handle);
  }

  // Calls `visit(Handle, Entry)` for each registration.
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    for (std::size_t i = 0; i < chunk_count_ * Chunks::kChunkSize; ++i) {
      const auto handle = static_cast<Handle>(i);
      const Entry entry = Find(handle);
      if (entry && entry->is_used) visit(handle, entry);
    }
  }

 private:
  struct Chunk;
  using Chunks = internal::ChunkTable<Chunk>;

  struct Chunk {
    std::array<Token, Chunks::kChunkSize> tokens;
    std::array<Registration, Chunks::kChunkSize> registrations;
  };

  static Entry EntryOf(Chunk& chunk, Handle handle) {
    const std::size_t i = Chunks::IndexIn(handle);
    return {&chunk.registrations[i], &chunk.tokens[i]};
  }

  Chunks chunks_;
  std::size_t chunk_count_ = 0;  // With those that were never made.
};

}  // namespace io_uring
}  // namespace event_selector

#endif  // BACKENDS_IO_URING_REGISTRATION_H_
