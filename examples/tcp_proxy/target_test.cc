#include "examples/tcp_proxy/target.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace examples {
namespace proxy {
namespace {

TEST(TargetTest, TakesWhatAPortCanBe) {
  for (const std::string name :
       {"127.0.0.1:1", "127.0.0.1:80", "127.0.0.1:65535", "[::1]:80"}) {
    EXPECT_TRUE(Target::Resolve(name).ok()) << name;
  }
}

// Some resolvers take these, and connect to another port.
TEST(TargetTest, RefusesNumbersThatAreNoPort) {
  for (const std::string port :
       {"0", "65536", "99999", "4294967376", "99999999999999999999"}) {
    const absl::Status status = Target::Resolve("127.0.0.1:" + port).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << port;
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("65535"));
  }
}

}  // namespace
}  // namespace proxy
}  // namespace examples
