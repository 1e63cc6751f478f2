#include "benchmarks/harness/runner.h"

#include <time.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <memory>
#include <ostream>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "benchmarks/driver.h"
#include "benchmarks/harness/case_name.h"
#include "benchmarks/harness/json_line.h"
#include "benchmarks/workload.h"

namespace benchmarks {
namespace {

// One contestant at one case.
struct Entry {
  const Contestant* contestant;
  std::int64_t operations;  // Of a sample.
};

struct Sample {
  Counts counts;
  std::int64_t cpu_ns = 0;
  std::int64_t wall_ns = 0;
};

std::int64_t Now(clockid_t clock) {
  timespec now = {};
  clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * 1000000000 + now.tv_nsec;
}

Sample Measure(Session& session, std::int64_t operations) {
  Sample sample;
  const std::int64_t wall = Now(CLOCK_MONOTONIC);
  const std::int64_t cpu = Now(CLOCK_PROCESS_CPUTIME_ID);
  sample.counts = session.Run(operations);
  sample.cpu_ns =
      Now(CLOCK_PROCESS_CPUTIME_ID) - cpu - sample.counts.preparing_cpu_ns;
  sample.wall_ns = Now(CLOCK_MONOTONIC) - wall;
  return sample;
}

// How many operations take `min_time` of CPU time. (Time on the wall would make
// samples short where the machine is busy.)
std::int64_t Calibrate(Session& session, absl::Duration min_time) {
  const std::int64_t target = absl::ToInt64Nanoseconds(min_time);
  std::int64_t operations = 1;
  // Some libraries tell the kernel of their descriptors in the first wait only.
  session.Run(operations);
  for (;;) {
    const Sample sample = Measure(session, operations);
    if (sample.cpu_ns >= target) return operations;
    if (sample.cpu_ns >= target / 8) {
      return std::max<std::int64_t>(
          1, operations * target / std::max<std::int64_t>(sample.cpu_ns, 1));
    }
    operations *= 4;
  }
}

JsonLine Parameters(const Case& measured) {
  JsonLine parameters;
  for (const auto& [name, value] : measured.parameters) {
    std::visit([&parameters,
                &name = name](const auto& held) { parameters.Add(name, held); },
               value);
  }
  return parameters;
}

JsonLine Describe(const Case& measured, const Contestant& contestant, int round,
                  const Counts& counts) {
  JsonLine line;
  line.Add("workload", measured.workload)
      .Add("parameters", Parameters(measured))
      .Add("contestant", contestant.name)
      .Add("round", std::int64_t{round})
      .Add("unit", measured.unit)
      .Add("operations", counts.operations)
      .Add("events", counts.events);
  if (counts.waits == Driver::kUnknown) {
    line.AddNull("waits");
  } else {
    line.Add("waits", counts.waits);
  }
  return line;
}

void AddExtra(const Counts& counts, JsonLine& line) {
  for (const auto& [name, value] : counts.extra) line.Add(name, value);
}

void Count(const Case& counted, Workload& workload,
           const std::vector<Entry>& entries, const RunnerOptions& options,
           std::ostream& out) {
  for (const Entry& entry : entries) {
    const std::unique_ptr<Session> session =
        workload.Start(entry.contestant->make);
    const Counts counts = session->Run(options.count_only);
    JsonLine line = Describe(counted, *entry.contestant, 0, counts);
    AddExtra(counts, line);
    out << line.ToString() << std::endl;
  }
}

Sample TakeSample(Workload& workload, const Entry& entry) {
  const std::unique_ptr<Session> session =
      workload.Start(entry.contestant->make);
  session->Run(std::max<std::int64_t>(entry.operations / 8, 1));
  return Measure(*session, entry.operations);
}

void MeasureRounds(const Case& measured, Workload& workload,
                   std::vector<Entry> entries, const RunnerOptions& options,
                   std::ostream& out) {
  for (Entry& entry : entries) {
    if (entry.operations > 0) continue;
    const std::unique_ptr<Session> session =
        workload.Start(entry.contestant->make);
    entry.operations = Calibrate(*session, options.min_time);
  }
  std::minstd_rand random(options.seed);
  for (int round = 0; round < options.pairs; ++round) {
    std::shuffle(entries.begin(), entries.end(), random);
    for (const Entry& entry : entries) {
      const Sample sample = TakeSample(workload, entry);
      JsonLine line =
          Describe(measured, *entry.contestant, round, sample.counts);
      line.Add("cpu_ns", sample.cpu_ns).Add("wall_ns", sample.wall_ns);
      if (measured.unit == "request") {
        line.Add("requests_per_cpu_second",
                 1e9 * static_cast<double>(sample.counts.operations) /
                     static_cast<double>(sample.cpu_ns));
      }
      AddExtra(sample.counts, line);
      out << line.ToString() << std::endl;
    }
  }
}

}  // namespace

void RunCases(const std::vector<Case>& cases,
              const std::vector<Contestant>& contestants,
              const RunnerOptions& options, std::ostream& out) {
  for (const Case& each : cases) {
    const std::string name = CaseName(each);
    std::cerr << name << std::endl;
    const std::unique_ptr<Workload> workload = each.open();
    std::vector<Entry> entries;
    for (const Contestant& contestant : contestants) {
      if (workload->Suits(*contestant.make())) {
        entries.push_back({&contestant, each.fixed_operations});
      } else {
        std::cerr << name << ": not supported by " << contestant.name
                  << std::endl;
      }
    }
    if (options.count_only > 0) {
      Count(each, *workload, entries, options, out);
    } else {
      MeasureRounds(each, *workload, entries, options, out);
    }
  }
}

}  // namespace benchmarks
