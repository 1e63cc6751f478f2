#include "event/internal/chunk_table.h"

#include <array>
#include <atomic>
#include <limits>
#include <thread>

#include "event/handle.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace internal {
namespace {

struct Chunk;
using Table = ChunkTable<Chunk>;

struct Chunk {
  std::array<int, Table::kChunkSize> numbers = {};
  std::atomic<int> first{0};
};

int& Number(Table& table, Handle handle) {
  return table.FindOrMake(handle)->numbers[Table::IndexIn(handle)];
}

TEST(ChunkTableTest, NothingIsThereAtFirst) {
  const Table table;
  for (const Handle handle : {0, 255, 256, std::numeric_limits<int>::max()}) {
    EXPECT_EQ(table.Find(handle), nullptr);
  }
}

TEST(ChunkTableTest, NeighboursShareAChunkAndOthersDoNot) {
  Table table;
  Chunk* const chunk = table.FindOrMake(256);
  EXPECT_EQ(table.FindOrMake(511), chunk);
  EXPECT_EQ(&table.FindKnown(300), chunk);
  EXPECT_EQ(table.Find(400), chunk);
  EXPECT_EQ(table.Find(255), nullptr);
  EXPECT_EQ(table.Find(512), nullptr);
  EXPECT_NE(table.FindOrMake(512), chunk);
}

TEST(ChunkTableTest, ANegativeNumberIsNowhere) {
  Table table;
  table.FindOrMake(0);
  EXPECT_EQ(table.Find(-1), nullptr);
  EXPECT_EQ(table.Find(std::numeric_limits<int>::min()), nullptr);
}

TEST(ChunkTableTest, NothingMovesAndNothingIsLostWhileItGrows) {
  Table table;
  int& zero = Number(table, 0);
  zero = 1;
  for (Handle handle = 1; handle < 200'000; handle *= 3) {
    Number(table, handle) = handle;
  }
  EXPECT_EQ(&Number(table, 0), &zero);
  EXPECT_EQ(zero, 1);
  for (Handle handle = 1; handle < 200'000; handle *= 3) {
    EXPECT_EQ(Number(table, handle), handle);
  }
}

TEST(ChunkTableTest, ReadersNeedNoLock) {
  constexpr Handle kChunks = 300;
  constexpr Handle kStep = static_cast<Handle>(Table::kChunkSize);
  Table table;
  table.FindOrMake(0)->first = 1;
  std::thread writer([&] {
    for (Handle i = 1; i < kChunks; ++i) table.FindOrMake(i * kStep)->first = 1;
  });
  Handle found = 0;
  while (found < kChunks) {
    const Chunk* const chunk = table.Find(found * kStep);
    if (chunk != nullptr && chunk->first == 1) ++found;
  }
  writer.join();
  EXPECT_EQ(table.Find(kChunks * kStep), nullptr);
}

}  // namespace
}  // namespace internal
}  // namespace event_selector
