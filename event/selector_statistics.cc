#include "event/selector_statistics.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "event/histogram.h"

namespace event_selector {
namespace {

// Calls `combine` with each number of `a` and the same one of `b`, and with
// each histogram: the one place that lists them all.
template <typename Combine>
void ForEach(SelectorStatistics& a, const SelectorStatistics& b,
             const Combine& combine) {
  combine(a.waits, b.waits);
  combine(a.empty_waits, b.empty_waits);
  combine(a.events, b.events);
  combine(a.wakes, b.wakes);
  combine(a.delivered_wakes, b.delivered_wakes);
  combine(a.adds, b.adds);
  combine(a.modifies, b.modifies);
  combine(a.removes, b.removes);
  combine(a.failed_waits, b.failed_waits);
  combine(a.failed_wakes, b.failed_wakes);
  combine(a.failed_adds, b.failed_adds);
  combine(a.failed_modifies, b.failed_modifies);
  combine(a.failed_removes, b.failed_removes);
  combine(a.batch_size, b.batch_size);
  combine(a.blocked_ns, b.blocked_ns);
  combine(a.between_waits_ns, b.between_waits_ns);
}

struct Subtract {
  void operator()(std::uint64_t& number, std::uint64_t earlier) const {
    number = number > earlier ? number - earlier : 0;
  }
  void operator()(Histogram& histogram, const Histogram& earlier) const {
    histogram -= earlier;
  }
};

}  // namespace

SelectorStatistics& SelectorStatistics::operator+=(
    const SelectorStatistics& other) {
  ForEach(*this, other, [](auto& a, const auto& b) { a += b; });
  return *this;
}

SelectorStatistics& SelectorStatistics::operator-=(
    const SelectorStatistics& earlier) {
  ForEach(*this, earlier, Subtract());
  return *this;
}

std::string SelectorStatistics::ToString() const {
  return absl::StrCat(
      "waits: ", waits, " (", empty_waits, " empty, ", failed_waits,
      " failed)\n", "events: ", events, "\n", "wakes: ", wakes, " (",
      delivered_wakes, " delivered, ", failed_wakes, " failed)\n",
      "adds: ", adds, " (", failed_adds, " failed)\n", "modifies: ", modifies,
      " (", failed_modifies, " failed)\n", "removes: ", removes, " (",
      failed_removes, " failed)\n", "batch size: ", batch_size.ToString(), "\n",
      "blocked: ", blocked_ns.ToStringAsDurations(), "\n",
      "between waits: ", between_waits_ns.ToStringAsDurations());
}

}  // namespace event_selector
