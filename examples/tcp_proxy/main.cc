// A TCP proxy: what a client sends goes to the target, and what that answers
// goes back. Shows how a level-triggered loop keeps two sockets in step.
//
//   bazel run //examples/tcp_proxy -- --port=8080 --target=localhost:80 &
//   curl http://127.0.0.1:8080/
//
// Where to look: the loop is in server.cc; what a pair of sockets has to ask
// for (back-pressure), and what its events mean, in tunnel.cc; one direction of
// it (half-close) in flow.cc; connecting without waiting in target.cc; how idle
// connections end, in Server::CloseIdle; what becomes of clients for whom no
// descriptor is left in ../common/acceptor.h.

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "event/selector.h"
#include "examples/common/listener.h"
#include "examples/common/process.h"
#include "examples/common/program.h"
#include "examples/common/stop_signal.h"
#include "examples/tcp_proxy/server.h"
#include "examples/tcp_proxy/target.h"

ABSL_FLAG(std::uint16_t, port, 0, "port to listen on; 0: any that is free");
ABSL_FLAG(std::string, bind, "127.0.0.1",
          "numeric address to listen on; 0.0.0.0 or :: for all");
ABSL_FLAG(std::string, target, "",
          "host:port to connect to; a name is looked up once, at the start");
ABSL_FLAG(std::size_t, max_buffer, 64 * 1024,
          "bytes held in each direction of a connection whose receiver is "
          "slower than its sender");

ABSL_FLAG(std::string, idle_timeout, "10m",
          "a connection on which nothing has come for so long is closed; inf "
          "for never");

namespace {

absl::Status Main() {
  examples::proxy::Server::Limits limits;
  limits.max_buffer = absl::GetFlag(FLAGS_max_buffer);
  if (limits.max_buffer == 0) {
    return absl::InvalidArgumentError("--max_buffer must not be 0");
  }
  // Not a flag of type absl::Duration: with it, GCC warns of a fence in Abseil
  // under the thread sanitizer.
  if (!absl::ParseDuration(absl::GetFlag(FLAGS_idle_timeout),
                           &limits.idle_timeout) ||
      limits.idle_timeout <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        "--idle_timeout must be a time, such as 90s or 10m");
  }
  examples::PrepareProcess();

  absl::StatusOr<examples::proxy::Target> target =
      examples::proxy::Target::Resolve(absl::GetFlag(FLAGS_target));
  if (!target.ok()) return target.status();
  absl::StatusOr<std::unique_ptr<event_selector::Selector>> selector =
      event_selector::Selector::Create();
  if (!selector.ok()) return selector.status();
  absl::StatusOr<examples::Listener> listener = examples::Listener::Create(
      absl::GetFlag(FLAGS_bind), absl::GetFlag(FLAGS_port));
  if (!listener.ok()) return listener.status();

  const examples::StopSignal stop_signal({selector->get()});
  std::cout << "listening on " << listener->name() << std::endl;

  examples::proxy::Server server(**selector, *std::move(listener),
                                 *std::move(target), limits);
  const absl::Status status = server.Run(stop_signal);
  if (status.ok()) {
    const examples::proxy::Server::Counts& counts = server.counts();
    std::cout << "served " << counts.connections << " connections ("
              << counts.refused << " refused), " << counts.bytes << " bytes";
    if (counts.idle > 0) std::cout << "; " << counts.idle << " were idle";
    std::cout << std::endl;
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  return examples::RunProgram(argc, argv,
                              "Passes TCP connections on to a target.", &Main);
}
