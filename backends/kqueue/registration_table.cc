#include "backends/kqueue/registration_table.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "backends/kqueue/registration_word.h"
#include "event/handle.h"
#include "event/token.h"

namespace event_selector {
namespace kqueue {

// The token's stores release the word's: who reads a half of the new token also
// reads the new word afterwards. The last store publishes all to those who get
// the word itself from here.
void Registration::Publish(RegistrationWord word, Token token) {
  word_.store(word.bits(), std::memory_order_relaxed);
  token_low_.store(static_cast<std::uint32_t>(token.value()),
                   std::memory_order_release);
  token_high_.store(static_cast<std::uint32_t>(token.value() >> 32),
                    std::memory_order_release);
  word_.store(word.bits(), std::memory_order_release);
}

std::optional<Token> Registration::TokenUnder(std::uint32_t generation) const {
  const std::uint64_t low = token_low_.load(std::memory_order_acquire);
  const std::uint64_t high = token_high_.load(std::memory_order_acquire);
  const RegistrationWord after(word_.load(std::memory_order_relaxed));
  if (after.generation() != generation) return std::nullopt;
  return Token(high << 32 | low);
}

bool Registration::Exchange(RegistrationWord& word, RegistrationWord desired) {
  std::uint32_t bits = word.bits();
  const bool is_exchanged = word_.compare_exchange_strong(
      bits, desired.bits(), std::memory_order_acq_rel,
      std::memory_order_acquire);
  if (!is_exchanged) word = RegistrationWord(bits);
  return is_exchanged;
}

Registration* RegistrationTable::FindOrMake(Handle handle) {
  if (Registration* const registration = Find(handle)) return registration;
  const std::size_t chunk = ChunkOf(handle);
  Directory* directory = directory_.load(std::memory_order_relaxed);
  if (directory == nullptr || chunk >= directory->size()) {
    directory = &Grow(chunk);
  }
  chunks_.push_back(std::make_unique<Chunk>());
  (*directory)[chunk].store(chunks_.back().get(), std::memory_order_release);
  return Find(handle);
}

// Makes a directory that has a place for `chunk`.
RegistrationTable::Directory& RegistrationTable::Grow(std::size_t chunk) {
  const Directory* const old = directory_.load(std::memory_order_relaxed);
  const std::size_t old_size = old == nullptr ? 0 : old->size();
  auto grown = std::make_unique<Directory>(std::max(chunk + 1, 2 * old_size));
  for (std::size_t i = 0; i < old_size; ++i) {
    (*grown)[i].store((*old)[i].load(std::memory_order_relaxed),
                      std::memory_order_relaxed);
  }
  directories_.push_back(std::move(grown));
  directory_.store(directories_.back().get(), std::memory_order_release);
  return *directories_.back();
}

}  // namespace kqueue
}  // namespace event_selector
