#include "benchmarks/harness/case_name.h"

#include <string>
#include <variant>

#include "absl/strings/str_cat.h"
#include "benchmarks/workload.h"

namespace benchmarks {

std::string CaseName(const Case& named) {
  std::string name = named.workload;
  for (const auto& [key, value] : named.parameters) {
    std::visit(
        [&name, &key = key](const auto& held) {
          absl::StrAppend(&name, "/", key, ":", held);
        },
        value);
  }
  return name;
}

}  // namespace benchmarks
