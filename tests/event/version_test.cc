#include "event/version.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

#if EVENT_SELECTOR_VERSION < 100
#error "0.1.0 is the first version, and #if can compare"
#endif

namespace {

TEST(VersionTest, IsOneNumber) {
  EXPECT_EQ(EVENT_SELECTOR_VERSION, EVENT_SELECTOR_VERSION_MAJOR * 10000 +
                                        EVENT_SELECTOR_VERSION_MINOR * 100 +
                                        EVENT_SELECTOR_VERSION_PATCH);
}

// So that 0.2.0 is more than any 0.1: each part has two digits.
TEST(VersionTest, HasPartsThatFit) {
  EXPECT_LT(EVENT_SELECTOR_VERSION_MINOR, 100);
  EXPECT_LT(EVENT_SELECTOR_VERSION_PATCH, 100);
}

TEST(VersionTest, IsTheSameAsText) {
  EXPECT_EQ(EVENT_SELECTOR_VERSION_STRING,
            absl::StrCat(EVENT_SELECTOR_VERSION_MAJOR, ".",
                         EVENT_SELECTOR_VERSION_MINOR, ".",
                         EVENT_SELECTOR_VERSION_PATCH));
}

}  // namespace
