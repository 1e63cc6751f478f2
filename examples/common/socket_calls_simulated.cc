#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "event/testing/simulated_stream.h"
#include "event/testing/simulation.h"
#include "examples/common/clock.h"
#include "examples/common/descriptor.h"
#include "examples/common/listener.h"
#include "examples/common/simulated_sockets.h"
#include "examples/common/socket_calls.h"

namespace examples {
namespace {

event_selector::testing::SimulatedStreams* current = nullptr;
event_selector::testing::Simulation* current_simulation = nullptr;

std::ptrdiff_t Moved(std::ptrdiff_t result) {
  if (result >= 0) return result;
  return errno == EAGAIN ? kWouldBlock : kBroken;
}

}  // namespace

SimulatedSockets::SimulatedSockets(
    event_selector::testing::Simulation& simulation,
    event_selector::testing::SimulatedStreams& streams) {
  current = &streams;
  current_simulation = &simulation;
}

SimulatedSockets::~SimulatedSockets() {
  current = nullptr;
  current_simulation = nullptr;
}

std::chrono::nanoseconds Now() {
  return absl::ToChronoNanoseconds(current_simulation->now());
}

void CloseSocket(event_selector::Handle socket) { current->Close(socket); }

bool PrepareSocket(event_selector::Handle /*socket*/) { return true; }

void SendAtOnce(event_selector::Handle /*socket*/) {}

std::ptrdiff_t Receive(event_selector::Handle socket, char* data,
                       std::size_t size) {
  return Moved(current->Read(socket, data, size));
}

std::ptrdiff_t Send(event_selector::Handle socket, const char* data,
                    std::size_t size) {
  return Moved(current->Write(socket, data, size));
}

int TakeError(event_selector::Handle socket) {
  return current->TakeError(socket);
}

// There is no error queue.
bool SurvivesError(event_selector::Handle socket) {
  return current->TakeError(socket) == 0;
}

void ResetWhenClosed(event_selector::Handle socket) {
  current->ResetWhenClosed(socket);
}

void FinishSending(event_selector::Handle socket) {
  current->ShutdownWrite(socket);
}

absl::StatusOr<Listener> Listener::Create(const std::string& address,
                                          std::uint16_t port, Port /*use*/) {
  return Listener(Descriptor(current->MakeListener()), address, port);
}

absl::StatusOr<Descriptor> Listener::Accept() const {
  Descriptor client(current->Accept(handle()));
  if (client.valid()) return client;
  if (errno == EAGAIN) return absl::UnavailableError("no client is waiting");
  return absl::ErrnoToStatus(errno, "accept");
}

}  // namespace examples
