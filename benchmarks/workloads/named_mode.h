#ifndef BENCHMARKS_WORKLOADS_NAMED_MODE_H_
#define BENCHMARKS_WORKLOADS_NAMED_MODE_H_

#include "absl/strings/string_view.h"
#include "event/mode.h"

namespace benchmarks {

// A triggering mode, and how the results call it.
struct NamedMode {
  absl::string_view name;       // In the name of a case.
  absl::string_view long_name;  // At the head of a column.
  event_selector::Mode mode;
};

// The modes in which an echo server can watch its connections.
inline constexpr NamedMode kEchoModes[] = {
    {"level", "level", event_selector::Mode::kLevel},
    {"edge", "edge", event_selector::Mode::kEdge},
    {"oneshot", "oneshot", event_selector::Mode::kOneshot},
    // Without "|", which is "or" in --benchmark_filter.
    {"edge_oneshot", "edge|oneshot",
     event_selector::Mode::kEdge | event_selector::Mode::kOneshot},
};

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_NAMED_MODE_H_
