#ifndef BENCHMARKS_WORKLOADS_EVENTFDS_H_
#define BENCHMARKS_WORKLOADS_EVENTFDS_H_

#include <cstdint>
#include <vector>

#include "benchmarks/descriptor.h"

namespace benchmarks {

// Handles that become readable and are read by the two cheapest system calls
// there are for that (eventfd(2)), for workloads in which something else is to
// be seen.
class Eventfds {
 public:
  explicit Eventfds(std::uint32_t handles);

  std::uint32_t size() const {
    return static_cast<std::uint32_t>(eventfds_.size());
  }

  // The handle itself, which is watched.
  int reader(std::uint32_t index) const { return eventfds_[index].fd(); }

  // Makes the handle readable.
  void Write(std::uint32_t index) const;
  // Ends that. It must be readable.
  void Read(std::uint32_t index) const;

 private:
  std::vector<Descriptor> eventfds_;
};

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_EVENTFDS_H_
