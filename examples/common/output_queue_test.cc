#include "examples/common/output_queue.h"

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace examples {
namespace {

TEST(OutputQueueTest, WhatEntersLeavesInItsOrder) {
  OutputQueue queue;
  EXPECT_TRUE(queue.empty());
  std::mt19937 random(1);
  std::string entered;
  std::string left;
  for (int i = 0; i < 1000; ++i) {
    const std::string more(random() % 20, static_cast<char>('a' + i % 26));
    queue.Append(more);
    entered += more;
    const std::size_t size = std::min<std::size_t>(random() % 20, queue.size());
    left += std::string(queue.data().substr(0, size));
    queue.Remove(size);
    ASSERT_EQ(left.size() + queue.size(), entered.size());
    ASSERT_EQ(queue.data().size(), queue.size());
    ASSERT_EQ(queue.empty(), queue.size() == 0);
  }
  left += queue.TakeAll();
  EXPECT_EQ(left, entered);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.TakeAll(), "");
}

TEST(OutputQueueTest, GivesUpWhatIsNotSent) {
  OutputQueue queue;
  queue.Append("0123456789");
  queue.Remove(3);
  EXPECT_EQ(queue.data(), "3456789");
  EXPECT_EQ(queue.TakeAll(), "3456789");
  queue.Append("more");
  EXPECT_EQ(queue.data(), "more");
  queue.FreeIfEmpty();
  EXPECT_EQ(queue.data(), "more");
  queue.Remove(4);
  queue.FreeIfEmpty();
  EXPECT_TRUE(queue.empty());
}

// With erase(0, n) this moves terabytes.
TEST(OutputQueueTest, ALongBacklogIsNotMovedWithEachSend) {
  OutputQueue queue;
  queue.Append(std::string(std::size_t{8} << 20, 'x'));
  std::size_t sent = 0;
  for (; !queue.empty(); ++sent) {
    queue.Remove(std::min<std::size_t>(queue.size(), 32));
  }
  EXPECT_EQ(sent, std::size_t{1} << 18);
}

}  // namespace
}  // namespace examples
