#include "tests/soak/echo_connection.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "event/interest.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace soak {
namespace {

using testing::ReadResult;

constexpr std::size_t kChunk = 4096;

std::string Describe(const ReadResult& result) {
  std::ostringstream out;
  out << "expected bytes of an open stream, came " << result;
  return out.str();
}

// What an end waits for that has, or has not, something left to send.
Interest InterestOf(bool is_sending) {
  return is_sending ? Interest::kReadable | Interest::kWritable
                    : Interest::kReadable;
}

}  // namespace

std::optional<std::string> EchoServerEnd::Pump(RearmFunction rearm) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::optional<std::string> problem = Move();
  if (!problem) rearm(InterestOf(!pending_.empty()));
  return problem;
}

std::optional<std::string> EchoServerEnd::Move() {
  for (;;) {
    if (!pending_.empty()) {
      pending_.erase(0, testing::SendSome(handle(), pending_));
      if (!pending_.empty()) return std::nullopt;  // The next edge: writable.
    }
    ReadResult result = testing::TryRead(handle(), kChunk);
    if (result.kind == ReadResult::Kind::kWouldBlock) return std::nullopt;
    if (result.kind != ReadResult::Kind::kData) return Describe(result);
    pending_ = std::move(result.data);
  }
}

void EchoClientEnd::Order(std::uint64_t count) {
  std::lock_guard<std::mutex> lock(mutex_);
  totals_.ordered += count;
}

EchoClientEnd::Progress EchoClientEnd::Pump(RearmFunction rearm) {
  std::lock_guard<std::mutex> lock(mutex_);
  const std::uint64_t received_before = totals_.received;
  SendOrdered();
  Progress progress;
  progress.problem = Receive();
  progress.is_complete = totals_.received == totals_.ordered &&
                         totals_.received != received_before;
  if (!progress.problem) rearm(InterestOf(totals_.sent < totals_.ordered));
  return progress;
}

EchoClientEnd::Totals EchoClientEnd::totals() {
  std::lock_guard<std::mutex> lock(mutex_);
  return totals_;
}

void EchoClientEnd::SendOrdered() {
  std::array<char, kChunk> bytes;
  while (totals_.sent < totals_.ordered) {
    const std::size_t size = static_cast<std::size_t>(
        std::min<std::uint64_t>(kChunk, totals_.ordered - totals_.sent));
    for (std::size_t i = 0; i < size; ++i) bytes[i] = ByteAt(totals_.sent + i);
    const std::size_t sent =
        testing::SendSome(handle(), absl::string_view(bytes.data(), size));
    totals_.sent += sent;
    if (sent < size) return;  // The next edge: writable.
  }
}

std::optional<std::string> EchoClientEnd::Receive() {
  for (;;) {
    const ReadResult result = testing::TryRead(handle(), kChunk);
    if (result.kind == ReadResult::Kind::kWouldBlock) return std::nullopt;
    if (result.kind != ReadResult::Kind::kData) return Describe(result);
    for (const char byte : result.data) {
      if (totals_.received == totals_.sent) {
        return absl::StrCat("a byte came back that was not sent, behind ",
                            totals_.sent);
      }
      if (byte != ByteAt(totals_.received)) {
        return absl::StrCat("byte ", totals_.received, ": expected ",
                            static_cast<int>(ByteAt(totals_.received)),
                            ", came ", static_cast<int>(byte));
      }
      ++totals_.received;
    }
  }
}

// Neighbours differ, and so do bytes a power of two apart, up to 2^24.
char EchoClientEnd::ByteAt(std::uint64_t position) const {
  const std::uint64_t mixed =
      position * 131 + (position >> 8) * 17 + (position >> 16) * 29 + seed_;
  return static_cast<char>(static_cast<unsigned char>(mixed));
}

}  // namespace soak
}  // namespace event_selector
