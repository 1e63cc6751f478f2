// Keeps programs running:
//
//   bazel run //examples/process_supervisor -- 'sleep 3' 'sleep 1; exit 7'
//
// Each argument is a command of the shell. One that ends is started again,
// after a delay that doubles until it has run for a while. SIGHUP makes all of
// them start anew; Ctrl-C or SIGTERM ends them, and then the supervisor.
//
// Where to look: the loop, which waits for children, signals and times at once,
// is in supervisor.cc; how a child is started and its end is noticed, in
// program.cc.

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "event/selector.h"
#include "examples/process_supervisor/supervisor.h"

ABSL_FLAG(absl::Duration, first_delay, absl::Milliseconds(100),
          "before a program is started again for the first time");
ABSL_FLAG(absl::Duration, longest_delay, absl::Seconds(10),
          "the delay doubles up to this");
ABSL_FLAG(absl::Duration, grace, absl::Seconds(5),
          "at the end, between SIGTERM and SIGKILL");

namespace {

using examples::process_supervisor::Supervisor;

absl::Status Run(const std::vector<std::string>& commands) {
  if (commands.empty()) {
    return absl::InvalidArgumentError("no command is given");
  }
  const absl::StatusOr<std::unique_ptr<event_selector::Selector>> selector =
      event_selector::Selector::Create();
  if (!selector.ok()) return selector.status();
  Supervisor::Delays delays;
  delays.first = absl::ToChronoNanoseconds(absl::GetFlag(FLAGS_first_delay));
  delays.longest =
      absl::ToChronoNanoseconds(absl::GetFlag(FLAGS_longest_delay));
  delays.grace = absl::ToChronoNanoseconds(absl::GetFlag(FLAGS_grace));
  return Supervisor(**selector, commands, delays, std::cout).Run();
}

}  // namespace

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("Keeps the programs running that are given.");
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  const absl::Status status =
      Run(std::vector<std::string>(rest.begin() + 1, rest.end()));
  if (status.ok()) return 0;
  std::cerr << status << std::endl;
  return 1;
}
