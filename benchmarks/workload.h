#ifndef BENCHMARKS_WORKLOAD_H_
#define BENCHMARKS_WORKLOAD_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "benchmarks/driver.h"
#include "event/mode.h"

namespace benchmarks {

// What a run of a session did.
struct Counts {
  // How many of the case's units. What a cost is divided by.
  std::int64_t operations = 0;
  // Calls of Handler::OnReady.
  std::int64_t events = 0;
  // Waits of the driver; Driver::kUnknown where the library does not tell.
  std::int64_t waits = 0;
  // More figures of this run by their names in the output.
  std::vector<std::pair<std::string, double>> extra = {};
  // CPU time that this run has spent on preparing its operations: it is taken
  // off.
  std::int64_t preparing_cpu_ns = 0;
};

// One contestant at one workload, with its descriptors registered. Not
// thread-safe. Where something fails that should not, it prints the reason and
// aborts.
class Session {
 public:
  virtual ~Session() = default;

  // Does `operations` units of work; or more, up to the end of a round that it
  // has to finish. Leaves everything as it found it, so that it can be called
  // again. Reads no clock, but for what it is to measure itself (latencies).
  virtual Counts Run(std::int64_t operations) = 0;
};

// What all contestants of a workload share: the open sockets. One session of it
// lives at a time.
class Workload {
 public:
  virtual ~Workload() = default;

  // Whether `driver` can do it; the workload is left out for those that cannot.
  virtual bool Suits(const Driver& driver) const {
    return driver.Supports(event_selector::Mode::kLevel);
  }

  // Gives a driver of its own to the session, and registers what it needs.
  virtual std::unique_ptr<Session> Start(const DriverFactory& make_driver) = 0;
};

// One line of the results: a workload with its parameters.
struct Case {
  using Value = std::variant<std::int64_t, std::string>;

  std::string workload;
  std::vector<std::pair<std::string, Value>> parameters;
  // What is counted as one operation, in the singular: "event".
  std::string unit;
  std::function<std::unique_ptr<Workload>()> open;
  // How many operations a sample has; 0: as many as fill its time.
  std::int64_t fixed_operations = 0;
};

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOAD_H_
