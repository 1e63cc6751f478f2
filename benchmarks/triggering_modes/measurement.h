#ifndef BENCHMARKS_TRIGGERING_MODES_MEASUREMENT_H_
#define BENCHMARKS_TRIGGERING_MODES_MEASUREMENT_H_

#include <map>
#include <string>

namespace benchmarks {

// The result of one case, per message or per connection. With repetitions,
// the medians.
struct Measurement {
  enum class Kind { kMeasured, kUnsupported, kFailed };

  Kind kind = Kind::kMeasured;
  double seconds = 0;      // Time on the wall.
  double cpu_seconds = 0;  // Of the whole process.
  // Standard deviations between repetitions; 0 without them.
  double deviation = 0;
  double cpu_deviation = 0;
  std::map<std::string, double> counters;
};

// By the names of the cases.
using Measurements = std::map<std::string, Measurement>;

}  // namespace benchmarks

#endif  // BENCHMARKS_TRIGGERING_MODES_MEASUREMENT_H_
