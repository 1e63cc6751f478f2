#ifndef TESTS_SOAK_REPORT_H_
#define TESTS_SOAK_REPORT_H_

#include <ostream>

#include "absl/time/time.h"
#include "tests/soak/counters.h"
#include "tests/soak/process_usage.h"

namespace event_selector {
namespace soak {

// The table that a run prints: a line of figures now and then, each counted
// from the start.
void PrintHeader(std::ostream& out);
void PrintLine(std::ostream& out, absl::Duration elapsed,
               const Counters& counters, const ProcessUsage& usage);

// All counters, one a line.
void PrintTotals(std::ostream& out, const Counters& counters);

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_REPORT_H_
