// A chat: what one client says, line by line, all others hear. Shows how many
// outgoing queues are kept, bounded, in a level-triggered loop.
//
//   bazel run //examples/chat_server -- --port=7000     # and in two windows:
//   nc 127.0.0.1 7000
//
// Where to look: the loop is in server.cc; what becomes of a client that does
// not keep up, in outbox.cc and Server::Enqueue; how lines are found in a
// stream, in line_buffer.cc; how a thread of its own gets what it is to write,
// in transcript.cc.

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
#include "examples/chat_server/server.h"
#include "examples/chat_server/transcript.h"
#include "examples/common/listener.h"
#include "examples/common/process.h"
#include "examples/common/program.h"
#include "examples/common/stop_signal.h"

ABSL_FLAG(std::uint16_t, port, 0, "port to listen on; 0: any that is free");
ABSL_FLAG(std::string, bind, "127.0.0.1",
          "numeric address to listen on; 0.0.0.0 or :: for all");
ABSL_FLAG(std::size_t, max_line, 1000,
          "bytes of a line; what is longer becomes several lines");
ABSL_FLAG(
    std::size_t, max_backlog, 256 * 1024,
    "bytes held for a client that receives too slowly; if there are to be "
    "more, it is disconnected");

ABSL_FLAG(std::string, transcript, "",
          "file to which everything that is said is added; none if empty");

namespace {

absl::Status Main() {
  const examples::chat::Server::Limits limits = {
      absl::GetFlag(FLAGS_max_line), absl::GetFlag(FLAGS_max_backlog)};
  if (limits.max_line == 0) {
    return absl::InvalidArgumentError("--max_line must not be 0");
  }
  examples::PrepareProcess();

  absl::StatusOr<std::unique_ptr<event_selector::Selector>> selector =
      event_selector::Selector::Create();
  if (!selector.ok()) return selector.status();
  absl::StatusOr<examples::Listener> listener = examples::Listener::Create(
      absl::GetFlag(FLAGS_bind), absl::GetFlag(FLAGS_port));
  if (!listener.ok()) return listener.status();

  std::unique_ptr<examples::chat::Transcript> transcript;
  if (!absl::GetFlag(FLAGS_transcript).empty()) {
    auto opened =
        examples::chat::Transcript::Open(absl::GetFlag(FLAGS_transcript));
    if (!opened.ok()) return opened.status();
    transcript = *std::move(opened);
  }

  const examples::StopSignal stop_signal({selector->get()});
  std::cout << "listening on " << listener->name() << std::endl;

  examples::chat::Server server(**selector, *std::move(listener), limits,
                                transcript.get());
  const absl::Status status = server.Run(stop_signal);
  if (status.ok()) {
    std::cout << "served " << server.counts().clients << " clients ("
              << server.counts().too_slow << " too slow), "
              << server.counts().lines << " lines" << std::endl;
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  return examples::RunProgram(argc, argv,
                              "Lets its clients talk to each other.", &Main);
}
