#include "tests/support/fatal.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace event_selector {
namespace testing {

void Die(absl::string_view what) {
  const std::string line = absl::StrCat("tests/support: ", what, "\n");
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
  std::abort();
}

void DieOfError(absl::string_view call, int error) {
  Die(absl::StrCat(call, " failed: ", std::system_category().message(error),
                   " (", error, ")"));
}

}  // namespace testing
}  // namespace event_selector
