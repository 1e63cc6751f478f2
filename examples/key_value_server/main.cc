// A server that Redis clients can talk to: PING, ECHO, SET (EX, PX), GET, DEL,
// EXPIRE, TTL, SUBSCRIBE, UNSUBSCRIBE, PUBLISH, BGSAVE, QUIT. A complete server
// to copy: README.md says where to look.
//
//   bazel run //examples/key_value_server -- --port=7000 &
//   redis-cli -p 7000 set greeting hello

#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "event/selector.h"
#include "event/signal_set.h"
#include "listen.h"
#include "server.h"

ABSL_FLAG(std::uint16_t, port, 0, "port to listen on; 0: any that is free");
ABSL_FLAG(std::string, bind, "127.0.0.1", "IPv4 address to listen on");
ABSL_FLAG(int, idle_seconds, 0,
          "clients that send nothing for so long are closed; 0: never");
ABSL_FLAG(std::size_t, max_backlog, std::size_t{8} << 20,
          "bytes that may wait for a subscriber before it is disconnected");
ABSL_FLAG(std::string, snapshot, "dump.resp", "the file that BGSAVE writes");

namespace {

// As many clients as the system lets the process have.
void RaiseDescriptorLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

absl::Status Main() {
  // A write to a client that is gone is an error like others.
  std::signal(SIGPIPE, SIG_IGN);
  RaiseDescriptorLimit();
  key_value_server::ServerOptions options;
  options.idle_timeout =
      std::chrono::seconds(absl::GetFlag(FLAGS_idle_seconds));
  options.max_backlog = absl::GetFlag(FLAGS_max_backlog);
  options.snapshot_path = absl::GetFlag(FLAGS_snapshot);

  absl::StatusOr<std::unique_ptr<event_selector::Selector>> selector =
      event_selector::Selector::Create();
  if (!selector.ok()) return selector.status();
  absl::StatusOr<event_selector::SignalSet> signals =
      event_selector::SignalSet::Create(**selector, {SIGINT, SIGTERM});
  if (!signals.ok()) return signals.status();
  absl::StatusOr<key_value_server::Listening> listening =
      key_value_server::Listen(absl::GetFlag(FLAGS_bind),
                               absl::GetFlag(FLAGS_port));
  if (!listening.ok()) return listening.status();
  std::cout << "listening on " << absl::GetFlag(FLAGS_bind) << ":"
            << listening->port << std::endl;

  key_value_server::Server server(**selector, std::move(listening->socket),
                                  options);
  const absl::Status status = server.Run(*signals);
  const key_value_server::Server::Counts& counts = server.counts();
  std::cout << "served " << counts.connections << " connections, "
            << counts.requests << " requests" << std::endl;
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("Keeps keys and values for Redis clients.");
  absl::ParseCommandLine(argc, argv);
  const absl::Status status = Main();
  if (!status.ok()) std::cerr << status << std::endl;
  return status.ok() ? 0 : 1;
}
