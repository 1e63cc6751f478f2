// A part of migrating_libevent_test.cc: the headers of this library come
// first, libevent's last.

#include <memory>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/instrumented_selector.h"
#include "event/interest.h"
#include "event/scoped_registration.h"
#include "event/selector.h"
#include "event/token.h"
#include "event/token_map.h"

#if __has_include(<event2/event.h>) && __has_include(<event2/event-config.h>)
#include <event2/event.h>

namespace {

bool SelectorReports(event_selector::Handle handle) {
  const auto selector = event_selector::Selector::Create();
  if (!selector.ok()) return false;
  const auto registration = event_selector::ScopedRegistration::Add(
      **selector, handle, event_selector::Token(1),
      event_selector::Interest::kReadable);
  event_selector::Event events[1];
  const auto ready =
      (*selector)->Wait(absl::MakeSpan(events), absl::ZeroDuration());
  return registration.ok() && ready.ok() && !ready->empty();
}

bool LibeventReports(event_selector::Handle handle) {
  bool reported = false;
  struct event_base* const base = event_base_new();
  struct event* const watch = event_new(
      base, handle, EV_READ,
      [](evutil_socket_t, short, void* flag) {
        *static_cast<bool*>(flag) = true;
      },
      &reported);
  event_add(watch, nullptr);
  event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
  event_free(watch);
  event_base_free(base);
  return reported;
}

}  // namespace

bool BothReportReadable(event_selector::Handle handle) {
  return SelectorReports(handle) && LibeventReports(handle);
}

#endif
