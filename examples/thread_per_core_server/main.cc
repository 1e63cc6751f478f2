// A web server that uses all cores, with a selector for each, and answers every
// request with "Hello":
//
//   bazel run -c opt //examples/thread_per_core_server -- --port=8000 &
//   curl http://127.0.0.1:8000/
//   wrk --connections=64 http://127.0.0.1:8000/
//   kill %1     # says how the load was spread among the threads
//
// How do the clients get to the threads? In three ways, to be compared (load.sh
// does so):
//
//   --listen=reuseport  Each thread has a listening socket, all with one port.
//                       The system chooses one for each client, by a hash of
//                       its address and port: evenly, with many of them, and
//                       without looking at what the threads have to do.
//   --listen=exclusive  All threads watch one listening socket. The system
//                       wakes the first that waits (Mode::kExclusive, which is
//                       EPOLLEXCLUSIVE), and not those who are busy. But while
//                       all wait, that is always the same.
//   --listen=rotating   The same, but who has got a client goes to the end of
//                       the queue.
//
// Where to look: the loop of a thread is in worker.cc, what one client needs
// (pipelined requests, requests in pieces, back-pressure, the last answer) in
// connection.cc, the little of HTTP that there is in request.cc.
//
// For Linux in the first place: other systems may have SO_REUSEPORT, but not
// all spread clients by it (../common/listener.h), and only Linux has
// Mode::kExclusive. Not for Windows, which has neither.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "event/selector.h"
#include "examples/common/process.h"
#include "examples/common/program.h"
#include "examples/common/start_thread.h"
#include "examples/common/stop_signal.h"
#include "examples/thread_per_core_server/listeners.h"
#include "examples/thread_per_core_server/worker.h"

ABSL_FLAG(std::uint16_t, port, 0, "port to listen on; 0: any that is free");
ABSL_FLAG(std::string, bind, "127.0.0.1",
          "numeric address to listen on; 0.0.0.0 or :: for all");
ABSL_FLAG(std::string, listen, "reuseport",
          "reuseport: a listening socket for each thread; exclusive: one for "
          "all; rotating: one for all, in turns");
ABSL_FLAG(int, threads, 0, "how many threads; 0: one for each core");

namespace examples {
namespace thread_per_core {
namespace {

constexpr int kMaxThreads = 1024;

absl::StatusOr<int> ThreadCount() {
  const int wanted = absl::GetFlag(FLAGS_threads);
  if (wanted < 0 || wanted > kMaxThreads) {
    return absl::InvalidArgumentError(
        absl::StrCat("--threads must be 0 to ", kMaxThreads));
  }
  if (wanted > 0) return wanted;
  // 0 if it is not known.
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

// Runs each worker in a thread of its own, to the end.
absl::Status RunAll(const std::vector<std::unique_ptr<Worker>>& workers,
                    const StopSignal& stop) {
  std::vector<absl::Status> results(workers.size());
  // One that cannot go on ends them all, or a part of the clients would wait
  // for it.
  const auto give_up = [&workers] {
    for (const auto& worker : workers) worker->GiveUp();
  };
  std::vector<std::thread> threads;
  absl::Status first;
  for (std::size_t i = 0; i < workers.size(); ++i) {
    absl::StatusOr<std::thread> thread = StartThread([&, i] {
      results[i] = workers[i]->Run(stop);
      if (!results[i].ok()) give_up();
    });
    if (!thread.ok()) {
      first = thread.status();
      give_up();
      break;
    }
    threads.push_back(*std::move(thread));
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& result : results) {
    if (!absl::IsCancelled(result)) first.Update(result);
  }
  return first;
}

void PrintCounts(const std::vector<std::unique_ptr<Worker>>& workers) {
  Worker::Counts sum;
  for (std::size_t i = 0; i < workers.size(); ++i) {
    const Worker::Counts& counts = workers[i]->counts();
    std::cout << "thread " << i << ": " << counts.connections
              << " connections, " << counts.requests << " requests\n";
    sum.connections += counts.connections;
    sum.requests += counts.requests;
  }
  std::cout << "served " << sum.connections << " connections, " << sum.requests
            << " requests" << std::endl;
}

absl::Status Main() {
  const absl::StatusOr<int> count = ThreadCount();
  if (!count.ok()) return count.status();
  PrepareProcess();

  absl::StatusOr<std::vector<ListenerForThread>> listeners =
      OpenListeners(absl::GetFlag(FLAGS_listen), absl::GetFlag(FLAGS_bind),
                    absl::GetFlag(FLAGS_port), *count);
  if (!listeners.ok()) return listeners.status();
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<event_selector::Selector*> selectors;
  for (const ListenerForThread& each : *listeners) {
    absl::StatusOr<std::unique_ptr<Worker>> worker = Worker::Create(each);
    if (!worker.ok()) return worker.status();
    selectors.push_back(&(*worker)->selector());
    workers.push_back(*std::move(worker));
  }

  const StopSignal stop_signal(selectors);
  std::cout << "listening on " << listeners->front().listener.name()
            << std::endl;
  const absl::Status status = RunAll(workers, stop_signal);
  if (status.ok()) PrintCounts(workers);
  return status;
}

}  // namespace
}  // namespace thread_per_core
}  // namespace examples

int main(int argc, char** argv) {
  return examples::RunProgram(argc, argv,
                              "Answers HTTP requests with \"Hello\".",
                              &examples::thread_per_core::Main);
}
