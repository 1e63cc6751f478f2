#include "examples/wake_from_threads/primes.h"

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace examples {
namespace wake_from_threads {
namespace {

constexpr std::uint32_t kMost = 10 * 1000 * 1000;

bool IsPrime(std::uint32_t number) {
  if (number < 2) return false;
  for (std::uint32_t divisor = 2; divisor * divisor <= number; ++divisor) {
    if (number % divisor == 0) return false;
  }
  return true;
}

}  // namespace

std::string CountPrimes(const std::string& question,
                        const std::atomic<bool>& cancelled) {
  absl::string_view rest = question;
  std::uint32_t last = 0;
  if (!absl::ConsumePrefix(&rest, "primes ") ||
      !absl::SimpleAtoi(rest, &last) || last > kMost) {
    return absl::StrCat("error: ask me for \"primes N\", up to ", kMost);
  }
  std::uint32_t count = 0;
  for (std::uint32_t number = 0; number <= last; ++number) {
    if (cancelled.load(std::memory_order_relaxed)) return "cancelled";
    if (IsPrime(number)) ++count;
  }
  return absl::StrCat(count, " primes up to ", last);
}

}  // namespace wake_from_threads
}  // namespace examples
