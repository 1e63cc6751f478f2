#include "event/internal/on_unwind.h"

#include "gtest/gtest.h"

namespace event_selector {
namespace internal {
namespace {

TEST(OnUnwindTest, IsCalledByAnException) {
  int calls = 0;
  EXPECT_THROW(
      {
        const OnUnwind on_unwind([&] { ++calls; });
        throw 1;
      },
      int);
  EXPECT_EQ(calls, 1);
}

TEST(OnUnwindTest, IsNotCalledOnceItIsDismissed) {
  int calls = 0;
  {
    OnUnwind on_unwind([&] { ++calls; });
    on_unwind.Dismiss();
  }
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace internal
}  // namespace event_selector
