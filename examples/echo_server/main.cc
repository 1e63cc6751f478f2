// A server that sends back what it receives, to show how one works with an
// edge-triggered selector:
//
//   bazel run //examples/echo_server -- --port=7000 &
//   nc 127.0.0.1 7000
//
// Where to look: the loop is in server.cc, what one client needs
// (back-pressure, half-close, a bounded turn) in connection.cc, what becomes of
// clients for whom no descriptor is left in ../common/acceptor.h, and the end
// by a signal in ../common/stop_signal.h.

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "event/selector.h"
#include "examples/common/listener.h"
#include "examples/common/process.h"
#include "examples/common/program.h"
#include "examples/common/stop_signal.h"
#include "examples/echo_server/server.h"

ABSL_FLAG(std::uint16_t, port, 0, "port to listen on; 0: any that is free");
ABSL_FLAG(std::string, bind, "127.0.0.1",
          "numeric address to listen on; 0.0.0.0 or :: for all");
ABSL_FLAG(std::size_t, max_buffer, 64 * 1024,
          "bytes held for a client that receives more slowly than it sends");

namespace {

absl::Status Main() {
  const std::size_t max_buffer = absl::GetFlag(FLAGS_max_buffer);
  if (max_buffer == 0) {
    return absl::InvalidArgumentError("--max_buffer must not be 0");
  }
  examples::PrepareProcess();

  absl::StatusOr<std::unique_ptr<event_selector::Selector>> selector =
      event_selector::Selector::Create();
  if (!selector.ok()) return selector.status();
  absl::StatusOr<examples::Listener> listener = examples::Listener::Create(
      absl::GetFlag(FLAGS_bind), absl::GetFlag(FLAGS_port));
  if (!listener.ok()) return listener.status();

  const examples::StopSignal stop_signal({selector->get()});
  std::cout << "listening on " << listener->name() << std::endl;

  examples::echo::Server server(**selector, *std::move(listener), max_buffer);
  const absl::Status status = server.Run(stop_signal);
  if (status.ok()) {
    std::cout << "served " << server.counts().connections << " connections, "
              << server.counts().bytes << " bytes" << std::endl;
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  return examples::RunProgram(argc, argv, "Sends back what it receives.",
                              &Main);
}
