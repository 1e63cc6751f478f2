#ifndef BENCHMARKS_CASES_H_
#define BENCHMARKS_CASES_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "event/mode.h"

namespace benchmarks {

// What //benchmarks:triggering_modes measures, and how each case is called: for
// those who run the cases and those who print their results.

struct NamedMode {
  absl::string_view name;       // In the name of a case.
  absl::string_view long_name;  // At the head of a column.
  event_selector::Mode mode;
};

inline constexpr NamedMode kEchoModes[] = {
    {"level", "level", event_selector::Mode::kLevel},
    {"edge", "edge", event_selector::Mode::kEdge},
    {"oneshot", "oneshot", event_selector::Mode::kOneshot},
    // Without "|", which is "or" in --benchmark_filter.
    {"edge_oneshot", "edge|oneshot",
     event_selector::Mode::kEdge | event_selector::Mode::kOneshot},
};
inline constexpr int kPairs[] = {1, 16, 256, 1024};
inline constexpr std::size_t kMessageBytes[] = {64, 4096};

inline constexpr NamedMode kAcceptModes[] = {
    {"level", "not exclusive", event_selector::Mode::kLevel},
    {"exclusive", "exclusive", event_selector::Mode::kExclusive},
};
inline constexpr int kSelectors[] = {2, 4, 16};

// "echo/edge/pairs:16/bytes:64".
std::string EchoName(const NamedMode& mode, int pairs,
                     std::size_t message_bytes);
// "accept/exclusive/selectors:4".
std::string AcceptName(const NamedMode& mode, int selectors);

// The counters of the cases, each per message or per connection.
inline constexpr absl::string_view kSystemCalls = "syscalls";
inline constexpr absl::string_view kSelectorCalls = "selector_syscalls";
inline constexpr absl::string_view kWakeups = "wakeups";
inline constexpr absl::string_view kUselessWakeups = "useless_wakeups";
inline constexpr absl::string_view kContextSwitches = "context_switches";

// The label of a case whose mode the backend lacks begins so.
inline constexpr absl::string_view kNotSupported = "not supported";

}  // namespace benchmarks

#endif  // BENCHMARKS_CASES_H_
