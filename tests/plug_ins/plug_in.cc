#include "tests/plug_ins/plug_in.h"

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/instrumented_selector.h"
#include "event/interest.h"
#include "event/selector.h"
#include "event/selector_options.h"
#include "event/token.h"

namespace event_selector {
namespace testing {
namespace {

Selector* FromPointer(void* selector) {
  return static_cast<Selector*>(selector);
}

int WaitOnce(Selector& selector) {
  Event room[2];
  return static_cast<int>(
      selector.Wait(absl::MakeSpan(room), absl::ZeroDuration())
          .status()
          .code());
}

constexpr PlugIn kPlugIn = {
    /*make=*/[]() -> void* {
      SelectorOptions options;
      options.single_waiter = true;
      auto selector = Selector::Create(options);
      return selector.ok() ? selector->release() : nullptr;
    },
    /*destroy=*/[](void* selector) { delete FromPointer(selector); },
    /*wait=*/[](void* selector) { return WaitOnce(*FromPointer(selector)); },
    /*add=*/
    [](void* selector, int handle) {
      return static_cast<int>(FromPointer(selector)
                                  ->Add(handle, Token(1), Interest::kReadable)
                                  .code());
    },
    /*times_between_waits=*/
    []() -> std::uint64_t {
      InstrumentedSelector selector(Selector::Create().value());
      WaitOnce(selector);
      return selector.statistics().between_waits_ns.count();
    },
};

}  // namespace

extern "C" __attribute__((visibility("default"))) const PlugIn*
EventSelectorPlugIn() {
  return &kPlugIn;
}

}  // namespace testing
}  // namespace event_selector
