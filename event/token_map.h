#ifndef EVENT_TOKEN_MAP_H_
#define EVENT_TOKEN_MAP_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <utility>

#include "event/token.h"

namespace event_selector {

// Owns the caller's objects, each under a token of its own, for use as the
// tokens of a selector. A token is never given out twice: one whose object was
// erased finds nothing, also when its place holds another object by then. So an
// event that arrives late (its connection was closed by the event before it, or
// by another thread) is noticed instead of hitting a stranger.
//
// `Insert`, `Find` and `Erase` take constant time; `Insert` allocates memory
// now and then, and a place that was erased is used again. Memory is given back
// only when the map is destroyed. An object stays where it is until it is
// erased: pointers to it remain valid. When the map itself is destroyed, the
// destructors of the objects left in it must not use it any more.
//
// Thread-compatible: calls on one map need the caller's lock, unless all of
// them are `Find` and `size`.
template <typename T>
class TokenMap {
 public:
  TokenMap() = default;
  TokenMap(const TokenMap&) = delete;
  TokenMap& operator=(const TokenMap&) = delete;

  // Takes `object` over and returns its token, which is never Token(0).
  Token Insert(T object);

  // The object under `token`, or null where there is none (any more). The map
  // goes on owning it.
  T* Find(Token token);
  const T* Find(Token token) const;

  // Destroys the object under `token`; false where there is none (any more).
  // The object's destructor may use the map.
  bool Erase(Token token);

  // How many objects the map holds.
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  static constexpr std::uint32_t kNoSlot =
      std::numeric_limits<std::uint32_t>::max();

  // Generations are even while the slot is empty and odd while it holds an
  // object, so that no token fits an empty slot. A slot whose generations are
  // used up is not used again: 2^31 objects have passed through it.
  struct Slot {
    std::optional<T> object;
    std::uint32_t generation = 0;
    std::uint32_t next_free = kNoSlot;
  };

  static Token MakeToken(std::uint32_t index, std::uint32_t generation) {
    return Token((std::uint64_t{generation} << 32) | index);
  }
  // The place of the object under `token`; kNoSlot where there is none.
  std::uint32_t FindIndex(Token token) const;

  std::deque<Slot> slots_;  // A deque never moves its elements.
  std::uint32_t first_free_ = kNoSlot;
  std::size_t size_ = 0;
};

template <typename T>
Token TokenMap<T>::Insert(T object) {
  if (first_free_ == kNoSlot) {
    slots_.emplace_back();
    first_free_ = static_cast<std::uint32_t>(slots_.size() - 1);
  }
  const std::uint32_t index = first_free_;
  Slot& slot = slots_[index];
  slot.object.emplace(std::move(object));
  first_free_ = slot.next_free;
  ++slot.generation;
  ++size_;
  return MakeToken(index, slot.generation);
}

template <typename T>
std::uint32_t TokenMap<T>::FindIndex(Token token) const {
  const auto index = static_cast<std::uint32_t>(token.value());
  const auto generation = static_cast<std::uint32_t>(token.value() >> 32);
  if (index >= slots_.size() || generation % 2 == 0) return kNoSlot;
  return slots_[index].generation == generation ? index : kNoSlot;
}

template <typename T>
T* TokenMap<T>::Find(Token token) {
  const std::uint32_t index = FindIndex(token);
  return index == kNoSlot ? nullptr : &*slots_[index].object;
}

template <typename T>
const T* TokenMap<T>::Find(Token token) const {
  const std::uint32_t index = FindIndex(token);
  return index == kNoSlot ? nullptr : &*slots_[index].object;
}

template <typename T>
bool TokenMap<T>::Erase(Token token) {
  const std::uint32_t index = FindIndex(token);
  if (index == kNoSlot) return false;
  Slot& slot = slots_[index];
  ++slot.generation;  // First: the destructor below must not find the object.
  --size_;
  slot.object.reset();
  if (slot.generation != 0) {
    slot.next_free = first_free_;
    first_free_ = index;
  }
  return true;
}

}  // namespace event_selector

#endif  // EVENT_TOKEN_MAP_H_
