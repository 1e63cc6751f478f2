#ifndef EXAMPLES_COMMON_PROGRAM_H_
#define EXAMPLES_COMMON_PROGRAM_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace examples {

// What `main` of each example is: reads the flags, calls `run`, and prints its
// error. `usage` is what --help says first. Arguments that are no flags are an
// error: "7000" for "--port=7000" would be ignored otherwise. Returns the
// program's exit status.
int RunProgram(int argc, char** argv, absl::string_view usage,
               absl::Status (*run)());

}  // namespace examples

#endif  // EXAMPLES_COMMON_PROGRAM_H_
