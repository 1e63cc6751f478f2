#include "backends/kqueue/registration_table.h"

#include <atomic>
#include <cstdint>
#include <optional>

#include "backends/kqueue/registration_word.h"
#include "event/token.h"

namespace event_selector {
namespace kqueue {

// The token's stores release the word's: who reads a half of the new token also
// reads the new word afterwards. The last store publishes all to those who get
// the word itself from here.
void AtomicRegistration::Publish(RegistrationWord word, Token token) {
  word_.store(word.bits(), std::memory_order_relaxed);
  token_low_.store(static_cast<std::uint32_t>(token.value()),
                   std::memory_order_release);
  token_high_.store(static_cast<std::uint32_t>(token.value() >> 32),
                    std::memory_order_release);
  word_.store(word.bits(), std::memory_order_release);
}

std::optional<Token> AtomicRegistration::TokenUnder(
    std::uint32_t generation) const {
  const std::uint64_t low = token_low_.load(std::memory_order_acquire);
  const std::uint64_t high = token_high_.load(std::memory_order_acquire);
  const RegistrationWord after(word_.load(std::memory_order_relaxed));
  if (after.generation() != generation) return std::nullopt;
  return Token(high << 32 | low);
}

bool AtomicRegistration::Exchange(RegistrationWord& word,
                                  RegistrationWord desired) {
  std::uint32_t bits = word.bits();
  const bool is_exchanged = word_.compare_exchange_strong(
      bits, desired.bits(), std::memory_order_acq_rel,
      std::memory_order_acquire);
  if (!is_exchanged) word = RegistrationWord(bits);
  return is_exchanged;
}

}  // namespace kqueue
}  // namespace event_selector
