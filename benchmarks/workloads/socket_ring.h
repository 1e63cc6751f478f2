#ifndef BENCHMARKS_WORKLOADS_SOCKET_RING_H_
#define BENCHMARKS_WORKLOADS_SOCKET_RING_H_

#include <cstdint>
#include <vector>

#include "tests/support/socket.h"

namespace benchmarks {

// Handles that become readable when a byte is written for them. Each is one end
// of a socketpair of its own, and the byte is written to the other end.
//
// Where the limit of open descriptors (RLIMIT_NOFILE) is too low for two
// descriptors for each handle, both ends of each pair are handles: the byte for
// one is written to the other. `has_own_pairs` tells which.
class SocketRing {
 public:
  explicit SocketRing(std::uint32_t handles);

  std::uint32_t size() const {
    return static_cast<std::uint32_t>(readers_.size());
  }
  bool has_own_pairs() const { return has_own_pairs_; }

  // The handle itself, which is watched.
  int reader(std::uint32_t index) const { return readers_[index]; }

  // Makes the handle readable, by one more byte.
  void WriteByteFor(std::uint32_t index) const { WriteByte(writers_[index]); }
  // Takes one byte, which must be there.
  void ReadByteOf(std::uint32_t index) const { ReadByte(readers_[index]); }

  // The same, where a byte may be there. False if none is.
  bool TryReadByteOf(std::uint32_t index) const;

 private:
  static void WriteByte(int fd);
  static void ReadByte(int fd);

  bool has_own_pairs_;
  std::vector<event_selector::testing::SocketPair> pairs_;
  std::vector<int> readers_;  // By index.
  std::vector<int> writers_;  // By index: what to write to.
};

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_SOCKET_RING_H_
