#ifndef BENCHMARKS_WORKLOADS_WATCHED_H_
#define BENCHMARKS_WORKLOADS_WATCHED_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "benchmarks/driver.h"
#include "event/interest.h"
#include "event/mode.h"

namespace benchmarks {

// `Handles` (a SocketRing or Eventfds) that a driver watches for readability
// from here to the destructor, under their own indexes.
template <typename Handles>
class Watched {
 public:
  // `handles` must outlive this object, and only one driver watches them at a
  // time.
  Watched(const Handles& handles, event_selector::Mode mode,
          std::unique_ptr<Driver> driver)
      : handles_(handles), driver_(std::move(driver)) {
    for (std::uint32_t i = 0; i < handles_.size(); ++i) {
      driver_->Watch(handles_.reader(i), i, event_selector::Interest::kReadable,
                     mode);
    }
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched() {
    for (std::uint32_t i = 0; i < handles_.size(); ++i) {
      driver_->Unwatch(handles_.reader(i), i);
    }
  }

  const Handles& handles() const { return handles_; }
  Driver& driver() const { return *driver_; }

 private:
  const Handles& handles_;
  const std::unique_ptr<Driver> driver_;
};

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_WATCHED_H_
