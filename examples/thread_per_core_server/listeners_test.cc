#include "examples/thread_per_core_server/listeners.h"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "event/handle.h"
#include "event/mode.h"
#include "event/selector.h"
#include "gtest/gtest.h"

namespace examples {
namespace thread_per_core {
namespace {

constexpr int kThreads = 3;

absl::StatusOr<std::vector<ListenerForThread>> Open(const std::string& way) {
  return OpenListeners(way, "127.0.0.1", 0, kThreads);
}

// How many sockets there are, all of them at one port.
std::size_t Sockets(const std::vector<ListenerForThread>& listeners) {
  std::set<event_selector::Handle> sockets;
  for (const ListenerForThread& each : listeners) {
    sockets.insert(each.listener.handle());
    EXPECT_EQ(each.listener.port(), listeners.front().listener.port());
  }
  EXPECT_EQ(listeners.size(), static_cast<std::size_t>(kThreads));
  return sockets.size();
}

TEST(ListenersTest, ReusePortIsASocketForEachThread) {
  const auto listeners = Open("reuseport");
  ASSERT_TRUE(listeners.ok()) << listeners.status();
  EXPECT_EQ(Sockets(*listeners), static_cast<std::size_t>(kThreads));
  for (const ListenerForThread& each : *listeners) {
    EXPECT_EQ(each.mode, event_selector::Mode::kLevel);
    EXPECT_FALSE(each.rotates);
  }
}

TEST(ListenersTest, ExclusiveIsOneSocketForAll) {
  const auto selector = event_selector::Selector::Create();
  ASSERT_TRUE(selector.ok()) << selector.status();
  const bool is_offered = (*selector)->capabilities().modes.contains(
      event_selector::Mode::kExclusive);
  for (const std::string way : {"exclusive", "rotating"}) {
    const auto listeners = Open(way);
    if (!is_offered) {
      EXPECT_TRUE(absl::IsUnimplemented(listeners.status()));
      continue;
    }
    ASSERT_TRUE(listeners.ok()) << listeners.status();
    EXPECT_EQ(Sockets(*listeners), 1u);
    for (const ListenerForThread& each : *listeners) {
      EXPECT_EQ(each.mode, event_selector::Mode::kExclusive);
      EXPECT_EQ(each.rotates, way == "rotating");
    }
  }
}

TEST(ListenersTest, ThereIsNoOtherWay) {
  EXPECT_TRUE(absl::IsInvalidArgument(Open("both").status()));
}

}  // namespace
}  // namespace thread_per_core
}  // namespace examples
