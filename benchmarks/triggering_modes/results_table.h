#ifndef BENCHMARKS_TRIGGERING_MODES_RESULTS_TABLE_H_
#define BENCHMARKS_TRIGGERING_MODES_RESULTS_TABLE_H_

#include <string>

#include "benchmarks/triggering_modes/measurement.h"

namespace benchmarks {

// The results of //benchmarks:triggering_modes as plain text, at most 100
// columns wide, the modes side by side: a block each for time, CPU time and
// system calls per message, then the same and how often threads were woken per
// accepted connection, then what to make of it (see advice.h). Rows without any
// result are left out, and so are blocks without rows. In a cell,
//   -             was not run;
//   unsupported   the backend has no such mode;
//   failed        ended with an error, which was printed when it happened;
//   n/a           was run, but this number cannot be had here.
std::string FormatResults(const Measurements& measurements);

}  // namespace benchmarks

#endif  // BENCHMARKS_TRIGGERING_MODES_RESULTS_TABLE_H_
