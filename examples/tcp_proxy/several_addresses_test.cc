// Tests of the proxy where the target's name has several addresses.

#include <csignal>
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "examples/common/descriptor.h"
#include "examples/common/server_process.h"
#include "examples/common/test_client.h"
#include "gtest/gtest.h"
#include "tests/support/socket.h"

namespace examples {
namespace proxy {
namespace {

using event_selector::testing::Listener;
using event_selector::testing::MakeListener;

std::string* proxy_path = nullptr;

class SeveralAddressesTest : public testing::Test {
 protected:
  // Only 127.0.0.1 listens on the port.
  std::string TargetFlag(absl::string_view addresses) const {
    return absl::StrCat("--target=", addresses, ":", target_.port);
  }

  const Listener target_ = MakeListener();
};

TEST_F(SeveralAddressesTest, TheOneThatListensIsFound) {
  for (const absl::string_view addresses :
       {"127.0.0.1,127.0.0.2", "127.0.0.2,127.0.0.1",
        "127.0.0.2,127.0.0.3,127.0.0.1"}) {
    ServerProcess proxy(*proxy_path, {TargetFlag(addresses)});
    for (int i = 0; i < 2; ++i) {
      const Descriptor client = Connect(proxy.port());
      Send(client, "question");
      const Descriptor target = Accept(target_);
      EXPECT_EQ(Receive(target, 8), "question") << addresses;
      Send(target, "answer");
      EXPECT_EQ(Receive(client, 6), "answer") << addresses;
    }
    proxy.Signal(SIGTERM);
    std::string output;
    EXPECT_EQ(proxy.Join(&output), 0);
    EXPECT_EQ(output.substr(0, 34), "served 2 connections (0 refused), ");
  }
}

// Where the family is another one, so is the socket.
TEST_F(SeveralAddressesTest, TheyMayBeOfDifferentFamilies) {
  ServerProcess proxy(*proxy_path, {TargetFlag("[::1,127.0.0.1]")});
  const Descriptor client = Connect(proxy.port());
  Send(client, "question");
  const Descriptor target = Accept(target_);
  EXPECT_EQ(Receive(target, 8), "question");
}

TEST_F(SeveralAddressesTest, WhereNoneListensTheClientIsTurnedAway) {
  ServerProcess proxy(*proxy_path, {TargetFlag("127.0.0.2,127.0.0.3")});
  const Descriptor client = Connect(proxy.port());
  EXPECT_TRUE(AtEnd(client));
  proxy.Signal(SIGTERM);
  std::string output;
  EXPECT_EQ(proxy.Join(&output), 0);
  EXPECT_EQ(output, "served 1 connections (1 refused), 0 bytes\n");
}

}  // namespace
}  // namespace proxy
}  // namespace examples

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 2) {
    std::cerr << "usage: several_addresses_test TCP_PROXY" << std::endl;
    return 2;
  }
  std::string path = argv[1];
  examples::proxy::proxy_path = &path;
  return RUN_ALL_TESTS();
}
