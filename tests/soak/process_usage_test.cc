#include "tests/soak/process_usage.h"

#include <cstddef>
#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace soak {
namespace {

TEST(ProcessUsageTest, DescriptorsAreCounted) {
  const ProcessUsage before = MeasureProcess();
  if (!before.descriptors) GTEST_SKIP() << "not known";
  {
    const testing::SocketPair pair = testing::MakeStreamPair();
    EXPECT_GE(*MeasureProcess().descriptors, *before.descriptors + 2);
  }
  EXPECT_EQ(MeasureProcess().descriptors, before.descriptors);
}

// Small blocks and one that gets a mapping of its own.
TEST(ProcessUsageTest, TheHeapIsCountedToTheBlock) {
  if (!MeasureProcess().heap_bytes) GTEST_SKIP() << "not known";
  for (const std::size_t size : {std::size_t{16}, std::size_t{1} << 24}) {
    const std::size_t before = *MeasureProcess().heap_bytes;
    {
      std::vector<std::unique_ptr<char[]>> blocks(8);
      for (auto& block : blocks) block = std::make_unique<char[]>(size);
      EXPECT_GE(*MeasureProcess().heap_bytes, before + 8 * size);
    }
    EXPECT_LT(*MeasureProcess().heap_bytes, before + 4096);
  }
}

TEST(ProcessUsageTest, TouchedMemoryIsResident) {
  if (!MeasureProcess().resident_bytes) GTEST_SKIP() << "not known";
  constexpr std::size_t kSize = 32 << 20;
  const std::size_t before = *MeasureProcess().resident_bytes;
  const std::vector<char> touched(kSize, 'x');
  EXPECT_GE(*MeasureProcess().resident_bytes, before + kSize / 2);
}

}  // namespace
}  // namespace soak
}  // namespace event_selector
