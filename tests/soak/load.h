#ifndef TESTS_SOAK_LOAD_H_
#define TESTS_SOAK_LOAD_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/soak/driver.h"

namespace event_selector {
namespace soak {

// One kind of use of selectors, which goes on in rounds and checks for itself
// that nothing is lost and nothing comes twice.
//
// The owner calls, from one thread: Start; then Resume and Pause in turn; Stop.
// Between Pause (once `is_at_rest`) and Resume nothing moves: the load has as
// many descriptors open and as much memory in use as at its first rest.
class Load {
 public:
  Load() = default;
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  virtual ~Load() = default;

  virtual absl::string_view name() const = 0;

  // Opens what the load needs and starts its threads, at rest.
  virtual void Start() = 0;

  // Ends the threads and closes everything. Called at rest, or after a finding.
  virtual void Stop() = 0;

  // At rest: compares what was asked for with what came, exactly.
  virtual void CheckAccounts() {}

  // What makes the load's rounds. Each has to make progress.
  const std::vector<std::unique_ptr<Driver>>& drivers() const {
    return drivers_;
  }

 protected:
  // Adds a driver. To be called in the constructor.
  template <typename Round>
  Driver& AddDriver(absl::Duration period, Round round) {
    drivers_.push_back(std::make_unique<Driver>(period, std::move(round)));
    return *drivers_.back();
  }
  void StartDrivers() {
    for (const auto& driver : drivers_) driver->Start();
  }
  void StopDrivers() {
    for (const auto& driver : drivers_) driver->Stop();
  }

 private:
  std::vector<std::unique_ptr<Driver>> drivers_;
};

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_LOAD_H_
