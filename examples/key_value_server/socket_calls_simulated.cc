#include <cerrno>
#include <chrono>
#include <cstddef>

#include "absl/time/time.h"
#include "event/handle.h"
#include "event/testing/simulated_stream.h"
#include "event/testing/simulation.h"
#include "simulated_sockets.h"
#include "socket_calls.h"

namespace key_value_server {
namespace {

event_selector::testing::Simulation* simulation = nullptr;
event_selector::testing::SimulatedStreams* streams = nullptr;

std::ptrdiff_t Moved(std::ptrdiff_t result) {
  if (result >= 0) return result;
  return errno == EAGAIN ? kWouldBlock : kBroken;
}

}  // namespace

SimulatedSockets::SimulatedSockets(
    event_selector::testing::Simulation& its_simulation,
    event_selector::testing::SimulatedStreams& its_streams) {
  simulation = &its_simulation;
  streams = &its_streams;
}

SimulatedSockets::~SimulatedSockets() {
  simulation = nullptr;
  streams = nullptr;
}

std::ptrdiff_t Receive(event_selector::Handle socket, char* data,
                       std::size_t size) {
  return Moved(streams->Read(socket, data, size));
}

std::ptrdiff_t Send(event_selector::Handle socket, const char* data,
                    std::size_t size) {
  return Moved(streams->Write(socket, data, size));
}

// A simulated stream has no error queue.
bool SurvivesError(event_selector::Handle) { return false; }

void FinishSending(event_selector::Handle socket) {
  streams->ShutdownWrite(socket);
}

void CloseSocket(event_selector::Handle socket) { streams->Close(socket); }

AcceptResult Accept(event_selector::Handle listener) {
  const event_selector::Handle client = streams->Accept(listener);
  if (client != event_selector::kInvalidHandle) {
    return {client, AcceptError::kNone};
  }
  return {client, errno == EAGAIN   ? AcceptError::kNoClient
                  : errno == EMFILE ? AcceptError::kOutOfResources
                                    : AcceptError::kOther};
}

std::chrono::nanoseconds Now() {
  return absl::ToChronoNanoseconds(simulation->now());
}

}  // namespace key_value_server
