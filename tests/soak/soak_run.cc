#include "tests/soak/soak_run.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "tests/contract/stopwatch.h"
#include "tests/soak/counters.h"
#include "tests/soak/driver.h"
#include "tests/soak/process_usage.h"
#include "tests/soak/report.h"
#include "tests/soak/setting.h"
#include "tests/soak/waiting_pool.h"
#include "tests/support/fatal.h"

namespace event_selector {
namespace soak {

Soak::Soak(SoakOptions options, std::ostream& out)
    : options_(std::move(options)),
      out_(out),
      before_(MeasureProcess()),
      clock_(FirstBackend()()),
      pool_(std::make_unique<WaitingPool>(options_.create(), counters_,
                                          findings_)),
      setting_{options_.create, *pool_, counters_, findings_,
               options_.patience},
      growth_(options_.limits) {}

std::vector<std::string> Soak::Run() {
  PrintHeader(out_);
  Start();
  RunRounds();
  Stop();
  return findings_.list();
}

void Soak::Start() {
  pool_->Start();
  for (Running& running : loads_) {
    running.load->Start();
    running.rounds.resize(running.load->drivers().size());
  }
  ComeToRest();
  growth_.Look(MeasureProcess(), /*is_warming_up=*/true);
}

void Soak::RunRounds() {
  const testing::Stopwatch stopwatch;
  while (findings_.empty() && stopwatch.Elapsed() < options_.duration) {
    for (Running& running : loads_) {
      for (const auto& driver : running.load->drivers()) driver->Resume();
    }
    const absl::Duration started = stopwatch.Elapsed();
    const absl::Duration line =
        std::min(options_.report_every, options_.duration - started);
    while (findings_.empty() && stopwatch.Elapsed() - started < line) {
      WaitFor(std::min(absl::Milliseconds(100),
                       line - (stopwatch.Elapsed() - started)));
    }
    for (Running& running : loads_) {
      for (const auto& driver : running.load->drivers()) driver->Pause();
    }
    if (!ComeToRest()) return;
    const absl::Duration elapsed = stopwatch.Elapsed();
    const ProcessUsage usage = MeasureProcess();
    PrintLine(out_, elapsed, counters_, usage);
    const absl::Duration warm_up =
        std::max(options_.duration * options_.warm_up, options_.report_every);
    CheckAtRest(usage, started < warm_up);
  }
}

// False where a driver does not end its round in time.
bool Soak::ComeToRest() {
  const testing::Stopwatch stopwatch;
  for (Running& running : loads_) {
    for (const auto& driver : running.load->drivers()) {
      while (!driver->is_at_rest()) {
        if (stopwatch.Elapsed() > 2 * options_.patience) {
          findings_.Add(
              running.load->name(),
              absl::StrCat("no progress: a round does not end, after ",
                           driver->rounds(), " that did"));
          return false;
        }
        WaitFor(absl::Milliseconds(1));
      }
    }
  }
  return true;
}

void Soak::CheckAtRest(const ProcessUsage& usage, bool is_warming_up) {
  for (Running& running : loads_) {
    CheckProgress(running);
    running.load->CheckAccounts();
  }
  for (const std::string& problem : growth_.Look(usage, is_warming_up)) {
    findings_.Add("growth", problem);
  }
}

void Soak::CheckProgress(Running& running) {
  const auto& drivers = running.load->drivers();
  for (std::size_t i = 0; i < drivers.size(); ++i) {
    const auto rounds = drivers[i]->rounds();
    if (rounds == running.rounds[i]) {
      findings_.Add(running.load->name(),
                    absl::StrCat("no progress between two lines: driver ", i,
                                 " stands at ", rounds, " rounds"));
    }
    running.rounds[i] = rounds;
  }
}

void Soak::Stop() {
  for (Running& running : loads_) running.load->Stop();
  loads_.clear();
  pool_.reset();
  clock_.reset();
  const ProcessUsage after = MeasureProcess();
  if (after.descriptors == before_.descriptors) return;
  findings_.Add(
      "descriptors",
      absl::StrCat("expected ", before_.descriptors.value_or(0),
                   " as at the start, came ", after.descriptors.value_or(0)));
}

void Soak::WaitFor(absl::Duration duration) {
  std::array<Event, 1> room;
  if (!clock_->Wait(absl::MakeSpan(room), duration).ok()) {
    testing::Die("Wait of the clock failed");
  }
}

}  // namespace soak
}  // namespace event_selector
