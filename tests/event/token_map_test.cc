#include "event/token_map.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "event/token.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace {

static_assert(!std::is_copy_constructible<TokenMap<int>>::value, "");
static_assert(!std::is_copy_assignable<TokenMap<int>>::value, "");

TEST(TokenMapTest, IsEmptyAtFirst) {
  TokenMap<int> map;
  EXPECT_EQ(map.size(), 0u);
  EXPECT_TRUE(map.empty());
  EXPECT_EQ(map.Find(Token(0)), nullptr);
  EXPECT_FALSE(map.Erase(Token(0)));
}

TEST(TokenMapTest, FindsWhatWasInserted) {
  TokenMap<std::string> map;
  const Token one = map.Insert("one");
  const Token two = map.Insert("two");
  EXPECT_NE(one, two);
  ASSERT_NE(map.Find(one), nullptr);
  ASSERT_NE(map.Find(two), nullptr);
  EXPECT_EQ(*map.Find(one), "one");
  EXPECT_EQ(*map.Find(two), "two");
  EXPECT_EQ(map.size(), 2u);
  EXPECT_FALSE(map.empty());

  *map.Find(one) = "changed";
  const TokenMap<std::string>& constant = map;
  static_assert(
      std::is_same<decltype(constant.Find(one)), const std::string*>::value,
      "");
  EXPECT_EQ(constant.Find(one), map.Find(one));
  EXPECT_EQ(*constant.Find(one), "changed");
}

TEST(TokenMapTest, EraseLeavesTheOthers) {
  TokenMap<int> map;
  const Token one = map.Insert(1);
  const Token two = map.Insert(2);
  EXPECT_TRUE(map.Erase(one));
  EXPECT_EQ(map.Find(one), nullptr);
  EXPECT_FALSE(map.Erase(one));
  EXPECT_EQ(map.size(), 1u);
  ASSERT_NE(map.Find(two), nullptr);
  EXPECT_EQ(*map.Find(two), 2);
}

TEST(TokenMapTest, AStaleTokenFindsNothingAfterItsPlaceIsUsedAgain) {
  TokenMap<int> map;
  std::vector<Token> stale;
  Token token = map.Insert(0);
  const int* const place = map.Find(token);
  for (int i = 1; i < 1000; ++i) {
    ASSERT_TRUE(map.Erase(token));
    stale.push_back(token);
    token = map.Insert(i);
    ASSERT_EQ(map.Find(token), place) << "the test needs one place";
    for (const Token old : stale) {
      ASSERT_NE(old, token);
      ASSERT_EQ(map.Find(old), nullptr);
      ASSERT_FALSE(map.Erase(old));
    }
    ASSERT_EQ(*map.Find(token), i);
    ASSERT_EQ(map.size(), 1u);
  }
}

TEST(TokenMapTest, UsesErasedPlacesAgain) {
  TokenMap<int> map;
  std::set<const int*> places;
  for (int round = 0; round < 100; ++round) {
    std::vector<Token> tokens;
    for (int i = 0; i < 10; ++i) {
      tokens.push_back(map.Insert(i));
      places.insert(map.Find(tokens.back()));
    }
    for (const Token token : tokens) EXPECT_TRUE(map.Erase(token));
  }
  EXPECT_EQ(places.size(), 10u);
}

TEST(TokenMapTest, NeverGivesTokenZeroOrOneTokenTwice) {
  TokenMap<int> map;
  std::set<std::uint64_t> seen;
  std::vector<Token> live;
  for (int i = 0; i < 10000; ++i) {
    const Token token = map.Insert(i);
    ASSERT_NE(token, Token(0));
    ASSERT_TRUE(seen.insert(token.value()).second) << token;
    live.push_back(token);
    if (i % 3 != 0) {
      ASSERT_TRUE(map.Erase(live.back()));
      live.pop_back();
    }
    ASSERT_EQ(map.Find(Token(0)), nullptr);
  }
}

TEST(TokenMapTest, InventedTokensFindNothing) {
  TokenMap<int> map;
  const Token live = map.Insert(1);
  const Token erased = map.Insert(2);
  ASSERT_TRUE(map.Erase(erased));
  const auto expect_nothing = [&](std::uint64_t value) {
    if (value == live.value()) return;
    EXPECT_EQ(map.Find(Token(value)), nullptr) << value;
    EXPECT_FALSE(map.Erase(Token(value))) << value;
  };
  // All that differ in one bit from a token that was given out, ...
  for (int shift = 0; shift < 64; ++shift) {
    expect_nothing(live.value() ^ (std::uint64_t{1} << shift));
    expect_nothing(erased.value() ^ (std::uint64_t{1} << shift));
  }
  // ... all whose halves are small or large, ...
  for (std::uint64_t high = 0; high < 16; ++high) {
    for (std::uint64_t low = 0; low < 16; ++low) {
      expect_nothing((high << 32) | low);
      expect_nothing(~((high << 32) | low));
    }
  }
  EXPECT_EQ(map.size(), 1u);

  // ... and those of the objects that come next.
  for (int i = 0; i < 1000; ++i) {
    const Token last = map.Insert(i);
    EXPECT_EQ(map.Find(Token(last.value() + 1)), nullptr) << last;
  }
}

TEST(TokenMapTest, TokensOfAnotherMapDoNoHarm) {
  TokenMap<int> small;
  TokenMap<int> large;
  std::vector<Token> tokens;
  for (int i = 0; i < 100; ++i) tokens.push_back(large.Insert(i));
  for (const Token token : tokens) EXPECT_EQ(small.Find(token), nullptr);
}

TEST(TokenMapTest, HoldsMoveOnlyObjects) {
  TokenMap<std::unique_ptr<int>> map;
  const Token token = map.Insert(std::make_unique<int>(5));
  ASSERT_NE(map.Find(token), nullptr);
  EXPECT_EQ(**map.Find(token), 5);
  const std::unique_ptr<int> taken = std::move(*map.Find(token));
  EXPECT_TRUE(map.Erase(token));
  EXPECT_EQ(*taken, 5);
}

TEST(TokenMapTest, HoldsObjectsWithoutDefaultConstructorOrAssignment) {
  class Fixed {
   public:
    explicit Fixed(int number) : number_(number) {}
    Fixed(Fixed&&) = default;
    Fixed& operator=(Fixed&&) = delete;
    int number() const { return number_; }

   private:
    const int number_;
  };
  static_assert(!std::is_default_constructible<Fixed>::value, "");

  TokenMap<Fixed> map;
  Token token = map.Insert(Fixed(1));
  EXPECT_EQ(map.Find(token)->number(), 1);
  EXPECT_TRUE(map.Erase(token));
  token = map.Insert(Fixed(2));
  EXPECT_EQ(map.Find(token)->number(), 2);
}

TEST(TokenMapTest, ObjectsStayWhereTheyAre) {
  TokenMap<int> map;
  std::vector<std::pair<Token, const int*>> objects;
  for (int i = 0; i < 50000; ++i) {
    const Token token = map.Insert(i);
    objects.emplace_back(token, map.Find(token));
  }
  for (std::size_t i = 0; i < objects.size(); i += 2) {
    ASSERT_TRUE(map.Erase(objects[i].first));
  }
  for (int i = 0; i < 50000; ++i) map.Insert(-1);
  for (std::size_t i = 1; i < objects.size(); i += 2) {
    ASSERT_EQ(map.Find(objects[i].first), objects[i].second);
    ASSERT_EQ(*objects[i].second, static_cast<int>(i));
  }
}

// Counts the objects of its kind that are alive; each must be destroyed once.
class Counted {
 public:
  explicit Counted(int& alive) : alive_(&alive), self_(this) { ++*alive_; }
  Counted(Counted&& other) : alive_(other.alive_), self_(this) { ++*alive_; }
  Counted& operator=(Counted&&) = delete;
  ~Counted() {
    EXPECT_EQ(self_, this) << "destroyed twice, or moved as memory";
    self_ = nullptr;
    --*alive_;
  }

 private:
  int* alive_;
  Counted* self_;
};

TEST(TokenMapTest, DestroysEachObjectOnce) {
  int alive = 0;
  {
    TokenMap<Counted> map;
    std::vector<Token> tokens;
    for (int i = 0; i < 1000; ++i) tokens.push_back(map.Insert(Counted(alive)));
    EXPECT_EQ(alive, 1000);
    for (int i = 0; i < 1000; i += 2) {
      const auto index = static_cast<std::size_t>(i);
      EXPECT_TRUE(map.Erase(tokens[index]));
      EXPECT_EQ(alive, 999 - i / 2) << "erased means destroyed";
      EXPECT_FALSE(map.Erase(tokens[index]));
    }
    EXPECT_EQ(alive, 500);
    for (int i = 0; i < 250; ++i) map.Insert(Counted(alive));
    EXPECT_EQ(alive, 750);
    EXPECT_EQ(map.size(), 750u);
  }
  EXPECT_EQ(alive, 0);
}

// Runs a function when it is destroyed.
class AtEnd {
 public:
  explicit AtEnd(std::function<void()> function)
      : function_(std::move(function)) {}
  AtEnd(AtEnd&& other) : function_(std::exchange(other.function_, nullptr)) {}
  AtEnd& operator=(AtEnd&&) = delete;
  ~AtEnd() {
    if (function_) function_();
  }

 private:
  std::function<void()> function_;
};

TEST(TokenMapTest, ADestructorFindsItsOwnObjectGone) {
  TokenMap<AtEnd> map;
  Token token;
  int calls = 0;
  token = map.Insert(AtEnd([&] {
    ++calls;
    EXPECT_EQ(map.Find(token), nullptr);
    EXPECT_FALSE(map.Erase(token));
    EXPECT_EQ(map.size(), 0u);
  }));
  EXPECT_TRUE(map.Erase(token));
  EXPECT_EQ(calls, 1);
}

TEST(TokenMapTest, ADestructorErasesOthers) {
  constexpr int kObjects = 100;
  TokenMap<AtEnd> map;
  std::vector<Token> tokens;
  int calls = 0;
  for (int i = 0; i < kObjects; ++i) {
    tokens.push_back(map.Insert(AtEnd([&, i] {
      ++calls;
      if (i > 0) {
        EXPECT_TRUE(map.Erase(tokens[static_cast<std::size_t>(i - 1)]));
      }
    })));
  }
  EXPECT_TRUE(map.Erase(tokens.back()));
  EXPECT_EQ(calls, kObjects);
  EXPECT_TRUE(map.empty());
  // All places can be used again, and no two objects share one.
  std::set<const AtEnd*> places;
  for (int i = 0; i < 2 * kObjects; ++i) {
    places.insert(map.Find(map.Insert(AtEnd(nullptr))));
  }
  EXPECT_EQ(places.size(), std::size_t{2 * kObjects});
}

TEST(TokenMapTest, ADestructorInserts) {
  TokenMap<AtEnd> map;
  // So many that the map must allocate while the object is being destroyed.
  constexpr int kObjects = 1000;
  std::vector<Token> inserted;
  const Token token = map.Insert(AtEnd([&] {
    for (int i = 0; i < kObjects; ++i) {
      inserted.push_back(map.Insert(AtEnd(nullptr)));
    }
  }));
  const AtEnd* const place = map.Find(token);
  EXPECT_TRUE(map.Erase(token));
  EXPECT_EQ(map.size(), std::size_t{kObjects});
  EXPECT_EQ(map.Find(token), nullptr);
  for (const Token other : inserted) {
    ASSERT_NE(map.Find(other), nullptr);
    EXPECT_NE(map.Find(other), place) << "still taken by the dying object";
  }
  EXPECT_EQ(map.Find(map.Insert(AtEnd(nullptr))), place);
}

TEST(TokenMapTest, DoesAsAModelDoes) {
  constexpr int kSteps = 100000;
  std::mt19937 random(20240501);
  TokenMap<int> map;
  std::map<std::uint64_t, int> model;
  std::vector<Token> given;  // Every token, also those erased by now.

  const auto any_given = [&] {
    return given.empty() ? Token(random()) : given[random() % given.size()];
  };
  const auto any_live = [&] {
    const auto next = model.lower_bound(any_given().value());
    return Token(next == model.end() ? model.begin()->first : next->first);
  };
  const auto found_in_map = [&](Token token) -> std::optional<int> {
    const int* const found = map.Find(token);
    return found == nullptr ? std::nullopt : std::optional<int>(*found);
  };
  const auto found_in_model = [&](Token token) -> std::optional<int> {
    const auto found = model.find(token.value());
    return found == model.end() ? std::nullopt
                                : std::optional<int>(found->second);
  };
  for (int step = 0; step < kSteps; ++step) {
    // The map grows for some thousand steps, then shrinks, and so on.
    const bool growing = step / 5000 % 2 == 0;
    const auto kind = random() % 10;
    if (kind < (growing ? 5 : 1)) {
      const Token token = map.Insert(step);
      ASSERT_TRUE(model.emplace(token.value(), step).second) << token;
      given.push_back(token);
    } else if (kind < 6 && !model.empty()) {
      const Token token = any_live();
      ASSERT_TRUE(map.Erase(token)) << token;
      model.erase(token.value());
    } else if (kind < 7) {
      const Token token = any_given();
      ASSERT_EQ(map.Erase(token), model.erase(token.value()) == 1) << token;
    } else {
      const Token token = any_given();
      ASSERT_EQ(found_in_map(token), found_in_model(token)) << token;
    }
    ASSERT_EQ(map.size(), model.size());
    ASSERT_EQ(map.empty(), model.empty());
  }
  for (const Token token : given) {
    ASSERT_EQ(found_in_map(token), found_in_model(token)) << token;
  }
}

}  // namespace
}  // namespace event_selector
