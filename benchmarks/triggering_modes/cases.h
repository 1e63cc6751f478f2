#ifndef BENCHMARKS_TRIGGERING_MODES_CASES_H_
#define BENCHMARKS_TRIGGERING_MODES_CASES_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "benchmarks/workloads/named_mode.h"
#include "event/mode.h"

namespace benchmarks {

// What //benchmarks:triggering_modes measures, and how each case is called: for
// those who run the cases and those who print their results.

// The echo, in each of kEchoModes.
inline constexpr int kPairs[] = {1, 16, 256, 1024};
inline constexpr std::size_t kMessageBytes[] = {64, 4096};

// Selectors that share a listening socket.
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

#endif  // BENCHMARKS_TRIGGERING_MODES_CASES_H_
