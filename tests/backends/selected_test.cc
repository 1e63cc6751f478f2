// `Selector::Create` with the backend that this build selected.

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/selector.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace {

TEST(SelectedTest, CreateMakesTheBackendOfThisBuild) {
  const absl::StatusOr<std::unique_ptr<Selector>> selector = Selector::Create();
  ASSERT_TRUE(selector.ok()) << selector.status();
  EXPECT_EQ((*selector)->name(), BACKEND);
  ASSERT_TRUE((*selector)->Wake().ok());
  Event events[1];
  EXPECT_TRUE((*selector)
                  ->Wait(absl::MakeSpan(events), absl::InfiniteDuration())
                  ->empty());
}

}  // namespace
}  // namespace event_selector
