#ifndef TESTS_PLUG_INS_PLUG_IN_H_
#define TESTS_PLUG_INS_PLUG_IN_H_

#include <cstdint>

// What each plug-in exports, under the name `kEntryPoint`.

namespace event_selector {
namespace testing {

// Calls into a copy of the library that is linked into a shared object of its
// own. Selectors are given as what `make` returned. Results are values of
// absl::StatusCode.
struct PlugIn {
  // A selector for a single waiter; null if that fails.
  void* (*make)();
  void (*destroy)(void* selector);
  // With a timeout of zero.
  int (*wait)(void* selector);
  int (*add)(void* selector, int handle);
  // Of an instrumented selector that has waited once: how many times between
  // two waits it has measured.
  std::uint64_t (*times_between_waits)();
};

inline constexpr char kEntryPoint[] = "EventSelectorPlugIn";

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_PLUG_INS_PLUG_IN_H_
