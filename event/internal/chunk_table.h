#ifndef EVENT_INTERNAL_CHUNK_TABLE_H_
#define EVENT_INTERNAL_CHUNK_TABLE_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include "event/handle.h"

namespace event_selector {
namespace internal {

// A table by descriptor number, for systems whose descriptors are small
// numbers: chunks of `kChunkSize` neighbours, each allocated when one of them
// is first used and kept until the end. Nothing moves, and a large number by
// itself costs one chunk and, for each chunk below it, a pointer.
//
// `Chunk` is made by its default constructor; what it keeps of a handle, it
// keeps under `IndexIn(handle)`.
//
// `Find` and `FindKnown` may be called from any thread, without a lock.
// `FindOrMake` by one thread at a time.
template <typename Chunk>
class ChunkTable {
 public:
  static constexpr std::size_t kChunkSize = 256;

  ChunkTable() = default;
  ChunkTable(const ChunkTable&) = delete;
  ChunkTable& operator=(const ChunkTable&) = delete;
  ~ChunkTable() {
    for (const Kept<Chunk>* kept = chunks_; kept != nullptr;) {
      delete std::exchange(kept, kept->earlier);
    }
    for (const Kept<Directory>* kept = directories_; kept != nullptr;) {
      delete std::exchange(kept, kept->earlier);
    }
  }

  static std::size_t IndexIn(Handle handle) {
    return static_cast<std::uint32_t>(handle) % kChunkSize;
  }

  // The chunk of `handle`; null where no number near it was ever used.
  Chunk* Find(Handle handle) const {
    const std::size_t number = NumberOf(handle);
    if (number >= size_.load(std::memory_order_acquire)) return nullptr;
    return Place(number).load(std::memory_order_acquire);
  }

  // The same for a handle that `FindOrMake` has been called with.
  Chunk& FindKnown(Handle handle) const {
    return *Place(NumberOf(handle)).load(std::memory_order_acquire);
  }

  // The chunk of `handle` (>= 0), which may allocate memory. Null where there
  // is none left, and nothing has changed: throws nothing, so that it serves
  // programs without exceptions, too.
  Chunk* FindOrMake(Handle handle) {
    if (Chunk* const chunk = Find(handle)) return chunk;
    const std::size_t number = NumberOf(handle);
    if (number >= size_.load(std::memory_order_relaxed) && !Grow(number)) {
      return nullptr;
    }
    auto* const kept = new (std::nothrow) Kept<Chunk>;
    if (kept == nullptr) return nullptr;
    kept->earlier = std::exchange(chunks_, kept);
    Place(number).store(&kept->value, std::memory_order_release);
    return &kept->value;
  }

 private:
  using Directory = std::unique_ptr<std::atomic<Chunk*>[]>;

  // What is kept until the end, in a list.
  template <typename T>
  struct Kept {
    T value;
    const Kept* earlier = nullptr;
  };

  // Beyond any table for a negative number.
  static std::size_t NumberOf(Handle handle) {
    return static_cast<std::uint32_t>(handle) / kChunkSize;
  }

  std::atomic<Chunk*>& Place(std::size_t number) const {
    return directory_.load(std::memory_order_acquire)[number];
  }

  // Makes a directory that has a place for the chunk `number`. False if there
  // is no memory for it.
  bool Grow(std::size_t number) {
    const std::size_t old_size = size_.load(std::memory_order_relaxed);
    const std::size_t size = std::max(number + 1, 2 * old_size);
    auto* const kept = new (std::nothrow) Kept<Directory>;
    if (kept == nullptr) return false;
    kept->value.reset(new (std::nothrow) std::atomic<Chunk*>[size]());
    if (kept->value == nullptr) {
      delete kept;
      return false;
    }
    for (std::size_t i = 0; i < old_size; ++i) {
      kept->value[i].store(Place(i).load(std::memory_order_relaxed),
                           std::memory_order_relaxed);
    }
    kept->earlier = std::exchange(directories_, kept);
    // In this order: whoever sees a size sees a directory as large, or larger.
    directory_.store(kept->value.get(), std::memory_order_release);
    size_.store(size, std::memory_order_release);
    return true;
  }

  std::atomic<std::size_t> size_{0};
  std::atomic<std::atomic<Chunk*>*> directory_{nullptr};
  // All directories: a reader may still be at an older one. Each is twice as
  // large as the one before, so the old ones add up to no more than the last.
  const Kept<Directory>* directories_ = nullptr;
  const Kept<Chunk>* chunks_ = nullptr;
};

}  // namespace internal
}  // namespace event_selector

#endif  // EVENT_INTERNAL_CHUNK_TABLE_H_
