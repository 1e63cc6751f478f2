#include "tests/soak/growth_check.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tests/soak/process_usage.h"

namespace event_selector {
namespace soak {

std::vector<std::string> GrowthCheck::Look(const ProcessUsage& usage,
                                           bool is_warming_up) {
  std::vector<std::string> problems;
  if (!descriptors_) descriptors_ = usage.descriptors;
  Compare("descriptors", usage.descriptors, descriptors_, limits_.descriptors,
          problems);
  // The first look after the warm-up may be the first of all.
  if (is_warming_up || !most_heap_) Raise(usage.heap_bytes, most_heap_);
  if (is_warming_up || !most_resident_) {
    Raise(usage.resident_bytes, most_resident_);
  }
  Compare("bytes of heap", usage.heap_bytes, most_heap_, limits_.heap_bytes,
          problems);
  Compare("bytes of resident memory", usage.resident_bytes, most_resident_,
          limits_.resident_bytes, problems);
  return problems;
}

void GrowthCheck::Raise(const Figure& seen, Figure& most) {
  if (seen) most = std::max(*seen, most.value_or(0));
}

void GrowthCheck::Compare(absl::string_view what, const Figure& seen,
                          const Figure& most, std::size_t margin,
                          std::vector<std::string>& problems) {
  if (!seen || !most || *seen <= *most + margin) return;
  problems.push_back(absl::StrCat(what, ": expected at most ", *most, " + ",
                                  margin, ", came ", *seen));
}

}  // namespace soak
}  // namespace event_selector
