#ifndef BENCHMARKS_TRIGGERING_MODES_ADVICE_H_
#define BENCHMARKS_TRIGGERING_MODES_ADVICE_H_

#include <string>

#include "benchmarks/triggering_modes/measurement.h"

namespace benchmarks {

// A line on how much the times of one case vary between its repetitions, and
// one more where they vary so much that other processes must have disturbed
// them.
std::string FormatNoise(const Measurements& measurements);

// When to use which mode: a sentence on the echo's modes and one on exclusive.
// Every comparison in them is of these measurements, and a difference that the
// noise may explain is not called one. A sentence whose cases were not run is
// left out.
std::string FormatAdvice(const Measurements& measurements);

}  // namespace benchmarks

#endif  // BENCHMARKS_TRIGGERING_MODES_ADVICE_H_
