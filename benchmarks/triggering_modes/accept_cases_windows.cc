#include "benchmarks/triggering_modes/accept_cases.h"

namespace benchmarks {

// They compare Mode::kExclusive with its absence, and there it is always
// absent.
void RegisterAccept() {}

}  // namespace benchmarks
