#ifndef BENCHMARKS_INSTRUMENTATION_CONTESTANTS_H_
#define BENCHMARKS_INSTRUMENTATION_CONTESTANTS_H_

#include <vector>

#include "benchmarks/driver.h"

namespace benchmarks {

// The selector of this build: as it is, the same once more (which shows how
// much of a difference is noise), and under an
// event_selector::InstrumentedSelector, with its clock and without.
std::vector<Contestant> InstrumentationContestants();

}  // namespace benchmarks

#endif  // BENCHMARKS_INSTRUMENTATION_CONTESTANTS_H_
