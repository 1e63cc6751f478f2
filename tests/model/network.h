#ifndef TESTS_MODEL_NETWORK_H_
#define TESTS_MODEL_NETWORK_H_

#include "event/handle.h"
#include "tests/support/socket.h"

// The objects of the model test that go over the network, made so that millions
// of them one after the other do not use up the system's ports.
namespace event_selector {
namespace testing {

// As MakeTcpPair, but by one listener for all pairs of the calling thread.
SocketPair ConnectTcpPair();

// A listener and a client that is connected to it and not accepted yet.
SocketPair MakeListenerAndClient();

// Accepts one connection and resets it. False where none waits.
bool AcceptAndReset(Handle listener);

// Begins a connection to `listener` and resets it.
void ConnectAndReset(Handle listener);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_MODEL_NETWORK_H_
