#ifndef BENCHMARKS_WORKLOADS_WATCHED_RING_H_
#define BENCHMARKS_WORKLOADS_WATCHED_RING_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "benchmarks/driver.h"
#include "benchmarks/workloads/socket_ring.h"
#include "event/interest.h"
#include "event/mode.h"

namespace benchmarks {

// The handles of a ring, watched for readability by a driver from here to the
// destructor. The index is that of the ring.
class WatchedRing {
 public:
  // `ring` must outlive this object, and only one driver watches it at a time.
  WatchedRing(const SocketRing& ring, event::Mode mode,
              std::unique_ptr<Driver> driver)
      : ring_(ring), driver_(std::move(driver)) {
    for (std::uint32_t i = 0; i < ring_.size(); ++i) {
      driver_->Watch(ring_.reader(i), i, event::Interest::kReadable, mode);
    }
  }
  WatchedRing(const WatchedRing&) = delete;
  WatchedRing& operator=(const WatchedRing&) = delete;
  ~WatchedRing() {
    for (std::uint32_t i = 0; i < ring_.size(); ++i) {
      driver_->Unwatch(ring_.reader(i), i);
    }
  }

  const SocketRing& ring() const { return ring_; }
  Driver& driver() const { return *driver_; }

 private:
  const SocketRing& ring_;
  const std::unique_ptr<Driver> driver_;
};

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_WATCHED_RING_H_
