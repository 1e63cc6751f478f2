#ifndef EVENT_TOKEN_MAP_H_
#define EVENT_TOKEN_MAP_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "event/token.h"

namespace event_selector {

// Owns the caller's objects and gives each of them a token for use with a
// selector. A token is never given out twice. One whose object was erased finds
// nothing, even if its place holds another object by then. So an event that
// arrives late (its connection was closed by the event before it, or by another
// thread) is noticed instead of hitting a stranger.
//
//   event_selector::TokenMap<Client> clients;
//   const event_selector::Token token = clients.Emplace(std::move(socket));
//   ...
//   Client* const client = clients.Find(event.token);
//   if (client == nullptr) continue;  // It has left.
//   ...
//   for (const auto [token, client] : clients) client.Say("goodbye");
//
// No map ever gives out a token below 2^32. These tokens are free for the
// program: for its listener, its timers, or descriptors that it keeps no object
// for. `Find` and `Erase` find nothing under them:
//
//   constexpr event_selector::Token kListener(0);
//   constexpr event_selector::Token kTerminal(1);
//
// `Insert`, `Emplace`, `Find` and `Erase` take constant time. `Insert` and
// `Emplace` allocate memory now and then. The place of an erased object is used
// again. Memory is given back only when the map is destroyed. An object stays
// where it is until it is erased, so pointers to it remain valid. While the map
// itself is being destroyed, the destructors of the objects left in it must not
// use it any more.
//
// Iteration visits each object once, in no particular order. The loop may
// change the map as it likes:
// - It may erase any object, including that of the current round. The reference
//   to an erased object must not be used any more. An object that is erased
//   before its round is not visited.
// - It may insert objects. Each of them may be visited or not. The loop ends in
//   any case.
//
// Iteration takes time in proportion to the largest number of objects that the
// map has held at once, even if most of them were erased.
//
// Thread-compatible: calls on one map need the caller's lock, unless all of
// them are `Find`, `size`, `empty` and iterations.
template <typename T>
class TokenMap {
 private:
  template <typename Map, typename Object>
  class BasicIterator;

 public:
  // What an iteration visits: `for (const auto [token, object] : map)`. An
  // entry is a value of its own. Its `object` refers to the object in the map.
  struct Entry {
    Token token;
    T& object;
  };
  struct ConstEntry {
    Token token;
    const T& object;
  };
  // Input iterators that also allow more than one pass. They stay valid
  // whatever becomes of the map's objects. An iterator may be dereferenced only
  // while its object is there.
  using iterator = BasicIterator<TokenMap, Entry>;
  using const_iterator = BasicIterator<const TokenMap, ConstEntry>;

  TokenMap() = default;
  TokenMap(const TokenMap&) = delete;
  TokenMap& operator=(const TokenMap&) = delete;

  // Takes over `object` and returns its token.
  Token Insert(T object) { return Emplace(std::move(object)); }

  // Constructs an object in its place from `args`, and returns its token.
  // `Find` gives the object. So `T` need not be movable. The constructor of `T`
  // may use the map, which does not hold the new object yet. If the constructor
  // throws, the map is as before.
  template <typename... Args>
  Token Emplace(Args&&... args);

  // Returns the object under `token`, or null if there is none (any more). The
  // map goes on owning it.
  T* Find(Token token);
  const T* Find(Token token) const;

  // Destroys the object under `token` and returns true. Returns false if there
  // is none (any more). The object's destructor may use the map.
  bool Erase(Token token);

  // Returns how many objects the map holds.
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  iterator begin() { return iterator(*this, slots_.size()); }
  iterator end() { return iterator(); }
  const_iterator begin() const { return const_iterator(*this, slots_.size()); }
  const_iterator end() const { return const_iterator(); }

 private:
  static constexpr std::uint32_t kNoSlot =
      std::numeric_limits<std::uint32_t>::max();

  // Generations are even while the slot is empty and odd while it holds an
  // object, so that no token matches an empty slot. A slot whose generations
  // are used up is not used again. By then, 2^31 objects have passed through
  // it.
  struct Slot {
    std::optional<T> object;
    std::uint32_t generation = 0;
    std::uint32_t next_free = kNoSlot;

    bool holds_object() const { return generation % 2 != 0; }
  };

  // A slot on its way from the free list to an object. It goes back if no
  // object is constructed in it.
  class TakenSlot {
   public:
    explicit TakenSlot(TokenMap& map) : map_(map), index_(map.TakeFree()) {}
    TakenSlot(const TakenSlot&) = delete;
    TakenSlot& operator=(const TakenSlot&) = delete;
    ~TakenSlot() {
      if (!map_.slots_[index_].holds_object()) map_.GiveBack(index_);
    }

    std::uint32_t index() const { return index_; }

   private:
    TokenMap& map_;
    const std::uint32_t index_;
  };

  static Token MakeToken(std::uint32_t index, std::uint32_t generation) {
    return Token((std::uint64_t{generation} << 32) | index);
  }
  std::uint32_t TakeFree();
  void GiveBack(std::uint32_t index) {
    slots_[index].next_free = first_free_;
    first_free_ = index;
  }
  // Returns the index of the slot of the object under `token`, or kNoSlot if
  // there is none.
  std::uint32_t FindIndex(Token token) const;

  std::deque<Slot> slots_;  // A deque never moves its elements.
  std::uint32_t first_free_ = kNoSlot;
  std::size_t size_ = 0;
};

// Goes through the slots that existed when the iteration began. So the objects
// that a loop inserts cannot keep it going.
template <typename T>
template <typename Map, typename Object>
class TokenMap<T>::BasicIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = Object;
  using difference_type = std::ptrdiff_t;
  using pointer = void;
  using reference = Object;

  // The end of every map.
  BasicIterator() = default;

  Object operator*() const {
    auto& slot = map_->slots_[index_];
    return {MakeToken(index_, slot.generation), *slot.object};
  }
  BasicIterator& operator++() {
    ++index_;
    Settle();
    return *this;
  }
  BasicIterator operator++(int) {
    BasicIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const BasicIterator& a, const BasicIterator& b) {
    return a.index_ == b.index_;
  }
  friend bool operator!=(const BasicIterator& a, const BasicIterator& b) {
    return !(a == b);
  }

 private:
  friend TokenMap;
  BasicIterator(Map& map, std::size_t places)
      : map_(&map), index_(0), places_(static_cast<std::uint32_t>(places)) {
    Settle();
  }

  // Moves on to the next object, beginning with the current slot.
  void Settle() {
    while (index_ < places_ && !map_->slots_[index_].holds_object()) ++index_;
    if (index_ >= places_) index_ = kNoSlot;
  }

  Map* map_ = nullptr;
  std::uint32_t index_ = kNoSlot;
  std::uint32_t places_ = 0;
};

template <typename T>
template <typename... Args>
Token TokenMap<T>::Emplace(Args&&... args) {
  const TakenSlot taken(*this);
  Slot& slot = slots_[taken.index()];
  slot.object.emplace(std::forward<Args>(args)...);
  ++slot.generation;
  ++size_;
  return MakeToken(taken.index(), slot.generation);
}

template <typename T>
std::uint32_t TokenMap<T>::TakeFree() {
  if (first_free_ == kNoSlot) {
    slots_.emplace_back();
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }
  const std::uint32_t index = first_free_;
  first_free_ = slots_[index].next_free;
  return index;
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
  if (slot.generation != 0) GiveBack(index);
  return true;
}

}  // namespace event_selector

#endif  // EVENT_TOKEN_MAP_H_
