#ifndef BACKENDS_POLL_REGISTRATION_TABLE_H_
#define BACKENDS_POLL_REGISTRATION_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "backends/poll/object_identity.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/chunk_table.h"
#include "event/mode.h"
#include "event/token.h"

namespace event_selector {
namespace poll {

struct PolledRegistration {
  Handle handle = kInvalidHandle;  // kInvalidHandle: no registration.
  Token token;
  Interest interest;
  bool is_oneshot = false;
  // Whether poll(2) is not to be asked for it: a oneshot one that is spent, or
  // a parked one that has reported.
  bool is_silent = false;
  ObjectIdentity object;
  // Different after each change of this registration, and from that of any
  // other one, ever.
  std::uint64_t serial = 0;
};

// The registrations of a selector, each in a place that it keeps, so that
// those who find no room can have their turn by the order of places. About 80
// bytes for each. Only `Reserve` allocates. Thread-compatible.
class RegistrationTable {
 public:
  static constexpr std::size_t kNowhere = ~std::size_t{0};

  // The place of `handle`, or kNowhere.
  std::size_t Find(Handle handle) const {
    const Chunk* const chunk = chunks_.Find(handle);
    return chunk == nullptr ? kNowhere : chunk->places[Chunks::IndexIn(handle)];
  }
  const PolledRegistration& at(std::size_t place) const {
    return places_[place];
  }

  // The places, used or not, are numbered from 0 up to this.
  std::size_t places() const { return places_.size(); }

  // How many registrations there are.
  std::size_t size() const { return size_; }

  // Changes with every change of what poll(2) is to be asked for. Never 0.
  std::uint64_t version() const { return version_; }

  // Makes room for `handle` (>= 0), all that `Add` needs. Where there is no
  // memory for it, returns false or throws std::bad_alloc, and has changed
  // nothing that can be seen.
  bool Reserve(Handle handle);
  // `handle` must not be registered. It is silent until it is armed.
  std::size_t Add(Handle handle, const ObjectIdentity& object);
  void Arm(std::size_t place, Token token, Interest interest, Mode mode);
  // Stops asking for it until it is armed again.
  void Silence(std::size_t place);
  void Erase(std::size_t place);

 private:
  struct Chunk;
  using Chunks = internal::ChunkTable<Chunk>;

  // By descriptor. (No flat_hash_map: what is left of Abseil's where there is
  // no memory to grow cannot even be destroyed.)
  struct Chunk {
    Chunk() { places.fill(kNowhere); }
    std::array<std::size_t, Chunks::kChunkSize> places;
  };

  void MarkChanged(std::size_t place) { places_[place].serial = ++version_; }

  std::vector<PolledRegistration> places_;
  std::vector<std::size_t> free_places_;
  Chunks chunks_;
  std::size_t size_ = 0;
  std::uint64_t version_ = 1;
};

}  // namespace poll
}  // namespace event_selector

#endif  // BACKENDS_POLL_REGISTRATION_TABLE_H_
