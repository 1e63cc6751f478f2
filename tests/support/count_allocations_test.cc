#include "tests/support/count_allocations.h"

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <thread>

#include "gtest/gtest.h"

namespace event_selector {
namespace testing {
namespace {

// Hides from the compiler that a block is never used: it may leave out an
// allocation otherwise.
void* volatile sink;

template <typename T>
T* Use(T* block) {
  sink = block;
  return block;
}

struct alignas(64) Aligned {
  char bytes[64];
};

TEST(AllocationCounterTest, CountsNothingWhereNothingIsAllocated) {
  const AllocationCounter counter;
  int local = 0;
  Use(&local);
  const AllocationCounter another;
  EXPECT_EQ(counter.allocations(), 0u);
  EXPECT_EQ(counter.bytes(), 0u);
}

TEST(AllocationCounterTest, CountsBlocksAndBytes) {
  const AllocationCounter counter;
  delete Use(new int(1));
  delete[] Use(new char[100]);
  const std::size_t allocations = counter.allocations();
  const std::size_t bytes = counter.bytes();
  EXPECT_EQ(allocations, 2u);
  EXPECT_EQ(bytes, sizeof(int) + 100);
}

TEST(AllocationCounterTest, CountsEveryFormOfNew) {
  const AllocationCounter counter;
  delete Use(new int);
  delete[] Use(new int[2]);
  delete Use(new (std::nothrow) int);
  delete[] Use(new (std::nothrow) int[2]);
  delete Use(new Aligned);
  delete[] Use(new Aligned[2]);
  delete Use(new (std::nothrow) Aligned);
  delete[] Use(new (std::nothrow) Aligned[2]);
  const std::size_t allocations = counter.allocations();
  EXPECT_EQ(allocations, 8u);
}

TEST(AllocationCounterTest, AlignsWhatAsksForIt) {
  const auto block = std::make_unique<Aligned>();
  EXPECT_EQ(reinterpret_cast<std::size_t>(Use(block.get())) % 64, 0u);
}

TEST(AllocationCounterTest, CountsWhatTheStandardLibraryAllocates) {
  const AllocationCounter counter;
  const std::string text(1000, 'x');
  const std::size_t allocations = counter.allocations();
  EXPECT_EQ(allocations, 1u);
  EXPECT_GE(counter.bytes(), 1000u);
}

TEST(AllocationCounterTest, CountsOnlyItsOwnThread) {
  std::size_t here = 0;
  std::size_t there = 0;
  const AllocationCounter counter;
  std::thread thread([&there] {
    const AllocationCounter own;
    for (int i = 0; i < 1000; ++i) delete Use(new int);
    there = own.allocations();
  });
  thread.join();
  here = counter.allocations();
  EXPECT_EQ(there, 1000u);
  EXPECT_LT(here, 100u);  // What it takes to start a thread.
}

TEST(AllocationCounterTest, CountsMallocWhereItSaysSo) {
  const AllocationCounter counter;
  std::free(Use(std::malloc(10)));
  std::free(Use(std::calloc(2, 10)));
  std::free(Use(std::realloc(Use(std::malloc(10)), 20)));
  const std::size_t allocations = counter.allocations();
  EXPECT_EQ(allocations, CountsMalloc() ? 4u : 0u);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
