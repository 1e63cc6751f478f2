// A server that computes for its clients, in threads beside its event loop. So
// it answers at once what can be answered at once, however much there is to
// compute:
//
//   bazel run -c opt //examples/wake_from_threads -- --port=7000 &
//   nc 127.0.0.1 7000
//   primes 5000000      # is thought about
//   primes 10           # "2: 4 primes up to 10" overtakes it
//   ping                # "pong"
//   status              # "1 clients, 1 running, 0 waiting"
//
// Where to look: how a result gets from a thread to the loop (a queue and
// `Selector::Wake`) is in worker_pool.h and its .cc, the loop in server.cc,
// what a client may ask for at a time in connection.cc, and the work in
// primes.cc.

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "event/selector.h"
#include "examples/common/listener.h"
#include "examples/common/process.h"
#include "examples/common/program.h"
#include "examples/common/stop_signal.h"
#include "examples/wake_from_threads/primes.h"
#include "examples/wake_from_threads/server.h"
#include "examples/wake_from_threads/worker_pool.h"

ABSL_FLAG(std::uint16_t, port, 0, "port to listen on; 0: any that is free");
ABSL_FLAG(std::string, bind, "127.0.0.1",
          "numeric address to listen on; 0.0.0.0 or :: for all");
ABSL_FLAG(int, workers, 0,
          "how many threads compute, beside the loop; 0: one for each core");

namespace examples {
namespace wake_from_threads {
namespace {

constexpr int kMaxWorkers = 1024;

absl::StatusOr<int> WorkerCount() {
  const int wanted = absl::GetFlag(FLAGS_workers);
  if (wanted < 0 || wanted > kMaxWorkers) {
    return absl::InvalidArgumentError(
        absl::StrCat("--workers must be 0 to ", kMaxWorkers));
  }
  if (wanted > 0) return wanted;
  // 0 if it is not known.
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

absl::Status Main() {
  const absl::StatusOr<int> workers = WorkerCount();
  if (!workers.ok()) return workers.status();
  PrepareProcess();

  // The loop alone waits and changes; the workers only call `Wake`.
  absl::StatusOr<std::unique_ptr<event_selector::Selector>> selector =
      event_selector::Selector::Create();
  if (!selector.ok()) return selector.status();
  absl::StatusOr<Listener> listener =
      Listener::Create(absl::GetFlag(FLAGS_bind), absl::GetFlag(FLAGS_port));
  if (!listener.ok()) return listener.status();

  const StopSignal stop_signal({selector->get()});
  // Between the selector, which its threads wake to their last moment, and the
  // server, which asks it.
  absl::StatusOr<std::unique_ptr<WorkerPool>> pool =
      WorkerPool::Create(*workers, CountPrimes, **selector);
  if (!pool.ok()) return pool.status();
  Server server(**selector, *listener, **pool);
  std::cout << "listening on " << listener->name() << std::endl;
  const absl::Status status = server.Run(stop_signal);
  (*pool)->Stop();
  if (status.ok()) {
    const Server::Counts& counts = server.counts();
    std::cout << "served " << counts.connections << " connections, "
              << counts.jobs << " jobs: " << counts.answers << " answered, "
              << counts.late << " too late, "
              << counts.jobs - counts.answers - counts.late << " given up"
              << std::endl;
  }
  return status;
}

}  // namespace
}  // namespace wake_from_threads
}  // namespace examples

int main(int argc, char** argv) {
  return examples::RunProgram(argc, argv, "Counts primes for its clients.",
                              &examples::wake_from_threads::Main);
}
