#ifndef KEY_VALUE_SERVER_SIMULATED_SOCKETS_H_
#define KEY_VALUE_SERVER_SIMULATED_SOCKETS_H_

#include "event/testing/simulated_stream.h"
#include "event/testing/simulation.h"

namespace key_value_server {

// While it lives, all sockets of the program are those of `streams`, and the
// time is that of `simulation`, in a test that is linked with
// socket_calls_simulated.cc. One at a time.
class SimulatedSockets {
 public:
  SimulatedSockets(event_selector::testing::Simulation& its_simulation,
                   event_selector::testing::SimulatedStreams& its_streams);
  SimulatedSockets(const SimulatedSockets&) = delete;
  SimulatedSockets& operator=(const SimulatedSockets&) = delete;
  ~SimulatedSockets();
};

}  // namespace key_value_server

#endif  // KEY_VALUE_SERVER_SIMULATED_SOCKETS_H_
