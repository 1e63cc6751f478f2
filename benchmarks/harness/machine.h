#ifndef BENCHMARKS_HARNESS_MACHINE_H_
#define BENCHMARKS_HARNESS_MACHINE_H_

#include <string>
#include <vector>

#include "benchmarks/harness/json_line.h"

namespace benchmarks {

// A library that a contestant uses, in the version that it runs with.
struct LibraryVersion {
  std::string name;
  std::string version;
};

// What results depend on, as far as it can be found out:
//   cpu        the processor's model
//   cores      how many of them this process may use
//   kernel     the system and its release
//   compiler
//   optimized  whether the build is fit for measuring: optimised, no sanitizer
//   assertions whether `assert` is on
//   load       the load average of the last minute
//   libraries  by name: the versions, the C library's and those of `libraries`
JsonLine DescribeMachine(const std::vector<LibraryVersion>& libraries);

}  // namespace benchmarks

#endif  // BENCHMARKS_HARNESS_MACHINE_H_
