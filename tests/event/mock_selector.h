#ifndef TESTS_EVENT_MOCK_SELECTOR_H_
#define TESTS_EVENT_MOCK_SELECTOR_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/token.h"
#include "gmock/gmock.h"

namespace event_selector {

// A selector that does what a test tells it to.
class MockSelector : public Selector {
 public:
  using Selector::Add;
  MOCK_METHOD(absl::Status, Add, (Handle, Token, Interest, Mode), (override));
  MOCK_METHOD(absl::Status, Modify, (Handle, Token, Interest, Mode),
              (override));
  MOCK_METHOD(absl::Status, Remove, (Handle), (override));
  MOCK_METHOD(absl::StatusOr<absl::Span<Event>>, Wait,
              (absl::Span<Event>, absl::Duration), (override));
  MOCK_METHOD(absl::Status, Wake, (), (override));
  MOCK_METHOD(void, Close, (), (override));
  MOCK_METHOD(absl::Status, HandOver, (), (override));
  MOCK_METHOD(absl::StatusOr<Handle>, descriptor, (), (const, override));
  MOCK_METHOD(absl::string_view, name, (), (const, override));
  MOCK_METHOD(Capabilities, capabilities, (), (const, override));
};

}  // namespace event_selector

#endif  // TESTS_EVENT_MOCK_SELECTOR_H_
