// An echo server of coroutines, to show how small a loop of one's own is:
//
//   bazel run //examples/coroutines -- --port=7000 &
//   nc 127.0.0.1 7000
//
// Where to look: the server is in echo.cc, what a coroutine can wait for in
// loop.h, and what a coroutine is in task.h. To be built as C++20.

#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "event/selector.h"
#include "examples/common/clock.h"
#include "examples/common/listener.h"
#include "examples/common/process.h"
#include "examples/common/program.h"
#include "examples/common/stop_signal.h"
#include "examples/coroutines/echo.h"
#include "examples/coroutines/loop.h"

ABSL_FLAG(std::uint16_t, port, 0, "port to listen on; 0: any that is free");
ABSL_FLAG(absl::Duration, patience, absl::Minutes(1),
          "how long a client may be silent");

namespace {

absl::Status Main() {
  examples::PrepareProcess();
  const absl::StatusOr<std::unique_ptr<event_selector::Selector>> selector =
      event_selector::Selector::Create();
  if (!selector.ok()) return selector.status();
  absl::StatusOr<examples::Listener> listener =
      examples::Listener::Create("127.0.0.1", absl::GetFlag(FLAGS_port));
  if (!listener.ok()) return listener.status();
  const examples::StopSignal stop_signal({selector->get()});
  std::cout << "listening on " << listener->name() << std::endl;

  // Destroyed at the end, with all clients' coroutines.
  examples::coroutines::Loop loop(
      **selector, [] { return absl::FromChrono(examples::Now()); });
  loop.Spawn(examples::coroutines::ServeEcho(loop, *std::move(listener),
                                             absl::GetFlag(FLAGS_patience)));
  absl::Status status;
  while (status.ok() && !stop_signal.requested()) status = loop.Turn();
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  return examples::RunProgram(argc, argv, "Sends back what it receives.",
                              &Main);
}
