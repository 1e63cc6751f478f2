#ifndef EXAMPLES_WAKE_FROM_THREADS_PRIMES_H_
#define EXAMPLES_WAKE_FROM_THREADS_PRIMES_H_

#include <atomic>
#include <string>

namespace examples {
namespace wake_from_threads {

// Something that takes long: answers "primes 100" by "25 primes up to 100",
// counted in the slowest way that is honest. 10,000,000 is the most that may be
// asked for, which takes some seconds. Anything else is answered by
// "error: ...". Returns "cancelled" soon after `cancelled` has become true.
std::string CountPrimes(const std::string& question,
                        const std::atomic<bool>& cancelled);

}  // namespace wake_from_threads
}  // namespace examples

#endif  // EXAMPLES_WAKE_FROM_THREADS_PRIMES_H_
