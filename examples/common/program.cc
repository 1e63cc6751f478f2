#include "examples/common/program.h"

#include <cstdlib>
#include <iostream>
#include <vector>

#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace examples {

int RunProgram(int argc, char** argv, absl::string_view usage,
               absl::Status (*run)()) {
  absl::SetProgramUsageMessage(usage);
  const std::vector<char*> left = absl::ParseCommandLine(argc, argv);
  // The first is the program's name.
  const absl::Status status =
      left.size() > 1
          ? absl::InvalidArgumentError(absl::StrCat(
                "unexpected argument \"", left[1],
                "\": options have the form --name=value (see --help)"))
          : run();
  if (!status.ok()) std::cerr << status << std::endl;
  return status.ok() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace examples
