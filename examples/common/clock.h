#ifndef EXAMPLES_COMMON_CLOCK_H_
#define EXAMPLES_COMMON_CLOCK_H_

#include <chrono>

namespace examples {

// The time by a clock that nobody sets (steady_clock), since its epoch: with
// the time of day, whoever waits for a second would wait for an hour if the
// clock is set back. In tests with simulated sockets, the simulation's time.
std::chrono::nanoseconds Now();

}  // namespace examples

#endif  // EXAMPLES_COMMON_CLOCK_H_
