#include "backends/kqueue/registration_table.h"

#include <atomic>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

#include "backends/kqueue/registration_word.h"
#include "backends/kqueue/system.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/token.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace kqueue {
namespace {

constexpr std::uint32_t kLastLabel = (1u << kLabelBits) - 1;

TEST(RegistrationWordTest, KeepsAllThatItIsMadeOf) {
  const Interest interests[] = {Interest::kNone, Interest::kReadable,
                                Interest::kReadClosed,
                                Interest::kPriority | Interest::kWritable};
  const Mode modes[] = {Mode::kLevel, Mode::kEdge, Mode::kOneshot,
                        Mode::kEdge | Mode::kOneshot};
  for (const Interest interest : interests) {
    for (const Mode mode : modes) {
      const RegistrationWord word(kLastLabel, interest, mode);
      EXPECT_EQ(word.generation(), kLastLabel);
      EXPECT_EQ(word.interest(), interest);
      EXPECT_EQ(word.is_oneshot(), mode.contains(Mode::kOneshot));
      EXPECT_EQ(word.is_edge(), mode == Mode::kEdge);
      EXPECT_EQ(word.is_level(), mode == Mode::kLevel);
      EXPECT_EQ(word.is_parked(), interest == Interest::kNone);
      EXPECT_TRUE(word.has(RegistrationWord::kArmed));
      EXPECT_EQ(word.next_generation(), 0u);
      EXPECT_EQ(word.under(7).generation(), 7u);
      EXPECT_EQ(word.under(kLastLabel), word);
      EXPECT_EQ(word.with(RegistrationWord::kErrorTold).generation(),
                kLastLabel);
    }
  }
}

TEST(RegistrationTableTest, FindsWhatWasMadeAndNothingElse) {
  RegistrationTable table;
  EXPECT_EQ(table.Find(0), nullptr);
  std::vector<AtomicRegistration*> made;
  for (Handle handle = 0; handle < 5000; handle += 7) {
    AtomicRegistration* const registration = table.FindOrMake(handle);
    registration->Publish(RegistrationWord(1, Interest::kReadable, Mode()),
                          Token(static_cast<std::uint64_t>(handle) << 32));
    made.push_back(registration);
  }
  for (Handle handle = 0; handle < 5000; handle += 7) {
    EXPECT_EQ(table.Find(handle), made[static_cast<std::size_t>(handle / 7)])
        << "it moved";
    EXPECT_EQ(table.Find(handle)->TokenUnder(1),
              Token(static_cast<std::uint64_t>(handle) << 32));
    EXPECT_EQ(table.Find(handle)->TokenUnder(2), std::nullopt);
  }
  EXPECT_EQ(table.Find(-1), nullptr);
  EXPECT_EQ(table.Find(1 << 30), nullptr);
}

// A reader never takes a token for that of another generation, nor half of one
// for the whole.
TEST(RegistrationTableTest, TokensAreReadWholeWhileTheyChange) {
  constexpr std::uint32_t kChanges = 200000;
  RegistrationTable table;
  AtomicRegistration& registration = *table.FindOrMake(3);
  const auto token_of = [](std::uint32_t generation) {
    return Token(std::uint64_t{generation} << 32 | ~generation);
  };
  // As an event does, tells of a generation that was published before.
  std::atomic<std::uint32_t> announced{0};
  std::atomic<bool> is_over{false};
  std::uint64_t found = 0;
  std::thread reader([&] {
    while (!is_over) {
      const std::uint32_t generation = announced.load();
      const std::optional<Token> token = table.Find(3)->TokenUnder(generation);
      if (generation == 0 || !token.has_value()) continue;
      EXPECT_EQ(*token, token_of(generation));
      ++found;
    }
  });
  for (std::uint32_t i = 1; i <= kChanges; ++i) {
    registration.Publish(RegistrationWord(i, Interest::kReadable, Mode()),
                         token_of(i));
    announced = i;
    if (i % 16 == 0) std::this_thread::yield();
  }
  is_over = true;
  reader.join();
  EXPECT_GT(found, 0u);
}

}  // namespace
}  // namespace kqueue
}  // namespace event_selector
