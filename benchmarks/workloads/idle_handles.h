#ifndef BENCHMARKS_WORKLOADS_IDLE_HANDLES_H_
#define BENCHMARKS_WORKLOADS_IDLE_HANDLES_H_

#include <cstdint>
#include <vector>

#include "benchmarks/descriptor.h"
#include "benchmarks/driver.h"

namespace benchmarks {

// Handles that are watched and never ready: AF_UNIX datagram sockets without a
// peer, which need one descriptor each.
//
// Where RLIMIT_NOFILE does not allow that many, a few sockets stand for all
// (`are_shared`). A registration in the kernel is the pair of an open file and
// a descriptor number (epoll(7), questions and answers), so each socket is made
// known under each of some thousand numbers, by dup2: watch the number, then
// put the next socket there. The socket stays open under a number of its own,
// and with it its registrations, all different ones to the kernel. Only drivers
// without a table by descriptor can do that (Driver::AllowsCloseWhileWatched).
// They end with the driver, since no call can name them any more.
class IdleHandles {
 public:
  explicit IdleHandles(std::uint32_t count);
  IdleHandles(const IdleHandles&) = delete;
  IdleHandles& operator=(const IdleHandles&) = delete;

  std::uint32_t count() const { return count_; }
  bool are_shared() const { return sockets_.size() < count_; }

  // Has `driver` watch all for readability, level-triggered, under the indexes
  // from `first_index` on.
  void Watch(Driver& driver, std::uint32_t first_index);
  // Ends that, but for shared ones, which end with the driver.
  void Unwatch(Driver& driver, std::uint32_t first_index);

 private:
  const std::uint32_t count_;
  std::vector<Descriptor> sockets_;
  std::vector<Descriptor>
      numbers_;  // If shared: what the sockets take turns on.
};

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_IDLE_HANDLES_H_
