#include "event/internal/described_error.h"

#include <new>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace internal {
namespace {

TEST(DescribedErrorTest, SaysWhatItIsGiven) {
  EXPECT_EQ(DescribedError(absl::StatusCode::kNotFound, "no ", 7, "!"),
            absl::NotFoundError("no 7!"));
  EXPECT_EQ(CallError(absl::StatusCode::kInternal, "Add", 7, "why ", "not"),
            absl::InternalError("Add of handle 7: why not"));
  EXPECT_EQ(NoMemoryError("a thing"),
            absl::ResourceExhaustedError("no memory left for a thing"));
}

TEST(DescribedErrorTest, WithoutMemoryForTheTextTheCodeIsLeft) {
  const absl::Status status =
      ErrorWithText(absl::StatusCode::kNotFound,
                    []() -> std::string { throw std::bad_alloc(); });
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(status.message(), "");
}

TEST(DescribedErrorTest, TellsWhetherThereWasMemory) {
  bool is_made = false;
  EXPECT_TRUE(HasMemoryFor([&] { is_made = true; }));
  EXPECT_TRUE(is_made);
  EXPECT_FALSE(HasMemoryFor([] { throw std::bad_alloc(); }));
}

}  // namespace
}  // namespace internal
}  // namespace event_selector
