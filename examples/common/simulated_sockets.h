#ifndef EXAMPLES_COMMON_SIMULATED_SOCKETS_H_
#define EXAMPLES_COMMON_SIMULATED_SOCKETS_H_

#include "event/testing/simulated_stream.h"
#include "event/testing/simulation.h"

namespace examples {

// For tests of the examples without a system. A program that is linked with
// this library, which has socket_calls_simulated.cc in place of the calls of a
// system, has simulated connections and a simulated clock: while an object of
// this class lives, all sockets are those of `streams`, and the time is that of
// `simulation`. One at a time, in one thread.
//
// A server's sources are compiled a second time for that:
//
//   cc_library(
//       name = "simulated_server",
//       testonly = True,
//       srcs = ["server.cc"],
//       hdrs = ["server.h"],
//       deps = ["//examples/common:simulated_sockets", ...],
//   )
class SimulatedSockets {
 public:
  SimulatedSockets(event_selector::testing::Simulation& simulation,
                   event_selector::testing::SimulatedStreams& streams);
  SimulatedSockets(const SimulatedSockets&) = delete;
  SimulatedSockets& operator=(const SimulatedSockets&) = delete;
  ~SimulatedSockets();
};

}  // namespace examples

#endif  // EXAMPLES_COMMON_SIMULATED_SOCKETS_H_
