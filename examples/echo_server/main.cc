// A server that sends back what it receives, to show how one works with an
// edge-triggered selector:
//
//   bazel run //examples/echo_server -- --port=7000 &
//   nc 127.0.0.1 7000
//
// Where to look: the loop is in server.cc, what one client needs
// (back-pressure, half-close, a bounded turn) in connection.cc, and the end by
// a signal here.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
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
#include "examples/echo_server/listener.h"
#include "examples/echo_server/process.h"
#include "examples/echo_server/server.h"

ABSL_FLAG(std::uint16_t, port, 0, "port to listen on; 0: any that is free");
ABSL_FLAG(std::string, bind, "127.0.0.1",
          "numeric address to listen on; 0.0.0.0 or :: for all");
ABSL_FLAG(std::size_t, max_buffer, 64 * 1024,
          "bytes held for a client that receives more slowly than it sends");

namespace {

// A signal handler reaches nothing but globals. These are all there are.
std::atomic<bool> stop_requested(false);
std::atomic<event::Selector*> selector_to_wake(nullptr);
static_assert(std::atomic<bool>::is_always_lock_free &&
                  std::atomic<event::Selector*>::is_always_lock_free,
              "a lock in a signal handler may never be had");

// `Wake` may be called here, and it is never lost: not even if the signal comes
// just before the loop begins to wait. That is the gap which a flag alone, or
// counting on EINTR, leaves open.
extern "C" void RequestStop(int /*signal*/) {
  stop_requested.store(true);
  event::Selector* const selector = selector_to_wake.load();
  if (selector != nullptr) selector->Wake().IgnoreError();
}

absl::Status Main() {
  const std::size_t max_buffer = absl::GetFlag(FLAGS_max_buffer);
  if (max_buffer == 0) {
    return absl::InvalidArgumentError("--max_buffer must not be 0");
  }
  echo::PrepareProcess();

  absl::StatusOr<std::unique_ptr<event::Selector>> selector =
      event::Selector::Create();
  if (!selector.ok()) return selector.status();
  absl::StatusOr<echo::Listener> listener = echo::Listener::Create(
      absl::GetFlag(FLAGS_bind), absl::GetFlag(FLAGS_port));
  if (!listener.ok()) return listener.status();

  selector_to_wake.store(selector->get());
  echo::OnEndOfProcess(RequestStop);
  std::cout << "listening on " << listener->name() << std::endl;

  echo::Server server(**selector, *std::move(listener), max_buffer);
  const absl::Status status = server.Run(stop_requested);
  // The selector is about to go; a second signal must not find it.
  selector_to_wake.store(nullptr);
  if (status.ok()) {
    std::cout << "served " << server.counts().connections << " connections, "
              << server.counts().bytes << " bytes" << std::endl;
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("Sends back what it receives.");
  absl::ParseCommandLine(argc, argv);
  const absl::Status status = Main();
  if (!status.ok()) std::cerr << status << std::endl;
  return status.ok() ? EXIT_SUCCESS : EXIT_FAILURE;
}
