#include "tests/simulated/line_reader.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/token.h"

namespace event_selector {
namespace testing {
namespace {

// Small, so that a stream takes several reads.
constexpr std::size_t kMostAtOnce = 4;

}  // namespace

absl::Status LineReader::Watch(Handle handle) {
  Stream stream;
  stream.handle = handle;
  const Token token = open_.Insert(std::move(stream));
  absl::Status status =
      selector_.Add(handle, token, Interest::kReadable, Mode::kEdge);
  if (!status.ok()) open_.Erase(token);
  return status;
}

absl::Status LineReader::Run() {
  std::array<Event, 8> room;
  absl::Duration deadline = clock_() + patience_;
  while (!open_.empty()) {
    const absl::Duration left =
        std::max(deadline - clock_(), absl::ZeroDuration());
    const absl::StatusOr<absl::Span<Event>> ready =
        selector_.Wait(absl::MakeSpan(room), left);
    if (!ready.ok()) return ready.status();
    const bool is_time_up = mistake_ == Mistake::kTrustsEmptyResults
                                ? ready->empty()
                                : clock_() >= deadline;
    if (ready->empty() && is_time_up) {
      return absl::UnavailableError("nothing came");
    }
    for (const Event& event : *ready) Read(event.token);
    if (!ready->empty()) deadline = clock_() + patience_;
  }
  return absl::OkStatus();
}

void LineReader::Read(Token token) {
  for (;;) {
    Stream* const stream = open_.Find(token);
    if (stream == nullptr)
      return;  // It has ended, and the event is an old one.
    const Chunk chunk = streams_.Read(stream->handle, kMostAtOnce);
    switch (chunk.kind) {
      case Chunk::Kind::kWouldBlock:
        if (mistake_ == Mistake::kTrustsEvents) End(token);
        return;
      case Chunk::Kind::kEnd:
        return End(token);
      case Chunk::Kind::kData:
        Take(*stream, chunk.data);
        if (mistake_ == Mistake::kReadsOnce) return;
    }
  }
}

void LineReader::Take(Stream& stream, const std::string& data) {
  for (const char byte : data) {
    if (byte != '\n') {
      stream.line += byte;
      continue;
    }
    lines_[stream.handle].push_back(std::move(stream.line));
    stream.line.clear();
  }
}

void LineReader::End(Token token) {
  Stream& stream = *open_.Find(token);
  if (!stream.line.empty()) lines_[stream.handle].push_back(stream.line);
  // Before it is closed: its number may be used again at once.
  selector_.Remove(stream.handle).IgnoreError();
  streams_.Close(stream.handle);
  open_.Erase(token);
}

}  // namespace testing
}  // namespace event_selector
