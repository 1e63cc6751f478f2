#ifndef BENCHMARKS_TIMERS_H_
#define BENCHMARKS_TIMERS_H_

#include <chrono>
#include <cstdint>

#include "absl/types/span.h"

namespace benchmarks {

// The timers of a contestant's library, beside a loop of their own: as somebody
// would use them who knows that library well and wants speed. Indexes are small
// and chosen by the workload, which keeps each timer's state in mind.
//
// All calls take many timers, so that what is measured is the library and not
// this interface. Errors: a call that fails prints the reason and aborts. Not
// thread-safe.
class Timers {
 public:
  using Indexes = absl::Span<const std::uint32_t>;
  using Delays = absl::Span<const std::chrono::nanoseconds>;

  // How long an idle timeout lasts.
  static constexpr std::chrono::seconds kPatience{60};

  Timers() = default;
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;
  virtual ~Timers() = default;

  // Starts timers that do not run: each of `indexes` with its delay from now.
  virtual void Start(Indexes indexes, Delays delays) = 0;

  // The same, but stops each of them first, one after another.
  virtual void Restart(Indexes indexes, Delays delays) = 0;

  // Starts idle timeouts: kPatience from now.
  virtual void StartIdle(Indexes indexes) = 0;

  // Gives idle timeouts that run the whole of kPatience again.
  virtual void PostponeIdle(Indexes indexes) = 0;

  // A turn of the loop that does not wait: asks the system for events, and lets
  // the timers that are due come. Returns how many have.
  virtual std::int64_t Turn() = 0;
};

}  // namespace benchmarks

#endif  // BENCHMARKS_TIMERS_H_
