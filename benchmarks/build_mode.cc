#include "benchmarks/build_mode.h"

#include <iostream>

namespace benchmarks {

void WarnOfSlowBuild() {
  if (!IsSlowBuild()) return;
  std::cerr << "WARNING: this build is not optimised or has sanitizers: its "
               "times mean nothing. Build with -c opt.\n";
}

}  // namespace benchmarks
