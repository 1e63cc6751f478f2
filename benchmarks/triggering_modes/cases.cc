#include "benchmarks/triggering_modes/cases.h"

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "benchmarks/workloads/named_mode.h"

namespace benchmarks {

std::string EchoName(const NamedMode& mode, int pairs,
                     std::size_t message_bytes) {
  return absl::StrCat("echo/", mode.name, "/pairs:", pairs,
                      "/bytes:", message_bytes);
}

std::string AcceptName(const NamedMode& mode, int selectors) {
  return absl::StrCat("accept/", mode.name, "/selectors:", selectors);
}

}  // namespace benchmarks
