#ifndef TESTS_SOAK_SOAK_RUN_H_
#define TESTS_SOAK_SOAK_RUN_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "event/selector.h"
#include "tests/soak/counters.h"
#include "tests/soak/findings.h"
#include "tests/soak/growth_check.h"
#include "tests/soak/load.h"
#include "tests/soak/process_usage.h"
#include "tests/soak/setting.h"
#include "tests/soak/waiting_pool.h"

namespace event_selector {
namespace soak {

struct SoakOptions {
  absl::Duration duration = absl::Hours(1);
  // Between two lines. At each line all loads come to rest and are checked.
  absl::Duration report_every = absl::Minutes(1);
  // The part of the duration in which memory may still grow.
  double warm_up = 0.1;
  absl::Duration patience = absl::Seconds(120);  // See Setting::patience.
  GrowthLimits limits;
  SelectorFactory create = FirstBackend();
};

// A run of several loads: starts them, lets them come to rest for a line of
// figures now and then, and ends at the first finding or after the duration.
class Soak {
 public:
  // What is open and in use now is the measure for the end.
  Soak(SoakOptions options, std::ostream& out);

  // Calls `make(setting)` for a std::unique_ptr<Load>. Before Run.
  template <typename Make>
  void Add(const Make& make) {
    loads_.push_back({make(setting_), {}});
  }

  // Runs once. Returns what was found: nothing, if all is well.
  std::vector<std::string> Run();

  const Counters& counters() const { return counters_; }

 private:
  struct Running {
    std::unique_ptr<Load> load;
    std::vector<std::uint64_t> rounds;  // Of each driver, at the last line.
  };

  void Start();
  void RunRounds();
  bool ComeToRest();
  void CheckAtRest(const ProcessUsage& usage, bool is_warming_up);
  void CheckProgress(Running& running);
  void Stop();
  void WaitFor(absl::Duration duration);

  const SoakOptions options_;
  std::ostream& out_;
  const ProcessUsage before_;
  Counters counters_;
  Findings findings_;
  std::unique_ptr<Selector> clock_;  // For its timeouts.
  std::unique_ptr<WaitingPool> pool_;
  const Setting setting_;
  GrowthCheck growth_;
  std::vector<Running> loads_;
};

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_SOAK_RUN_H_
