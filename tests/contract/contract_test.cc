#include "tests/contract/contract_test.h"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/selector.h"
#include "gtest/gtest.h"
#include "tests/support/fatal.h"

namespace event_selector {
namespace testing {

ContractTest::ContractTest() : selector_(NewSelector()) {}

std::unique_ptr<Selector> ContractTest::NewSelector() {
  absl::StatusOr<std::unique_ptr<Selector>> selector = GetParam().create();
  if (!selector.ok()) Die("Create: " + selector.status().ToString());
  return *std::move(selector);
}

std::vector<Event> ContractTest::WaitFor(absl::Duration timeout,
                                         std::size_t room) {
  std::vector<Event> events(room);
  const absl::StatusOr<absl::Span<Event>> ready =
      selector().Wait(absl::MakeSpan(events), timeout);
  EXPECT_TRUE(ready.ok()) << ready.status();
  if (!ready.ok()) return {};
  EXPECT_TRUE(ready->empty() || ready->data() == events.data())
      << "not the front of the span";
  events.resize(ready->size());
  return events;
}

}  // namespace testing
}  // namespace event_selector
