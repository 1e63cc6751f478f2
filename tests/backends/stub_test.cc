// A backend that is not written yet says so. Linked with each of them in turn:
// see the BUILD file.

#include <string>

#include "absl/status/status.h"
#include "event/selector.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace event {
namespace {

TEST(StubTest, CreateNamesTheBackendThatIsMissing) {
  const absl::Status status = Selector::Create().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(BACKEND));
}

}  // namespace
}  // namespace event
