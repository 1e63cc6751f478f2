#include "tests/soak/report.h"

#include <cstddef>
#include <optional>
#include <ostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "tests/soak/counters.h"
#include "tests/soak/process_usage.h"

namespace event_selector {
namespace soak {
namespace {

std::string InKib(const std::optional<std::size_t>& bytes) {
  return bytes ? absl::StrFormat("%.1f", static_cast<double>(*bytes) / 1024)
               : "-";
}

}  // namespace

void PrintHeader(std::ostream& out) {
  out << absl::StreamFormat(
             "%8s %12s %11s %11s %11s %9s %9s %9s %8s %5s %9s %9s\n", "seconds",
             "events", "wakes asked", "delivered", "registered", "selectors",
             "timed", "signals", "MiB", "open", "RSS KiB", "heap KiB")
      << std::flush;
}

void PrintLine(std::ostream& out, absl::Duration elapsed,
               const Counters& counters, const ProcessUsage& usage) {
  out << absl::StreamFormat(
             "%8.1f %12d %11d %11d %11d %9d %9d %9d %8d %5s %9s %9s\n",
             absl::ToDoubleSeconds(elapsed), counters.Get(Count::kEvents),
             counters.Get(Count::kWakesAsked),
             counters.Get(Count::kWakesDelivered),
             counters.Get(Count::kRegistrations),
             counters.Get(Count::kSelectors), counters.Get(Count::kTimedWaits),
             counters.Get(Count::kSignals),
             counters.Get(Count::kBytes) / (1024 * 1024),
             usage.descriptors ? absl::StrCat(*usage.descriptors) : "-",
             InKib(usage.resident_bytes), InKib(usage.heap_bytes))
      << std::flush;
}

void PrintTotals(std::ostream& out, const Counters& counters) {
  out << absl::StreamFormat(
      "events %d (readable %d, writable %d, closed %d); wake-ups asked for %d, "
      "delivered %d, merged with others or with events %d; registrations %d; "
      "selectors %d; bytes %d; timed waits %d; signals %d\n",
      counters.Get(Count::kEvents), counters.Get(Count::kReadable),
      counters.Get(Count::kWritable), counters.Get(Count::kClosed),
      counters.Get(Count::kWakesAsked), counters.Get(Count::kWakesDelivered),
      counters.Get(Count::kWakesAsked) - counters.Get(Count::kWakesDelivered),
      counters.Get(Count::kRegistrations), counters.Get(Count::kSelectors),
      counters.Get(Count::kBytes), counters.Get(Count::kTimedWaits),
      counters.Get(Count::kSignals));
}

}  // namespace soak
}  // namespace event_selector
