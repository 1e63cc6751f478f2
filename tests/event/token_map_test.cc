#include "event/token_map.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
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

TEST(TokenMapTest, NeverGivesASmallTokenOrOneTokenTwice) {
  TokenMap<int> map;
  std::set<std::uint64_t> seen;
  std::vector<Token> live;
  for (int i = 0; i < 10000; ++i) {
    const Token token = map.Insert(i);
    ASSERT_GE(token.value(), std::uint64_t{1} << 32);
    ASSERT_TRUE(seen.insert(token.value()).second) << token;
    live.push_back(token);
    if (i % 3 != 0) {
      ASSERT_TRUE(map.Erase(live.back()));
      live.pop_back();
    }
    ASSERT_EQ(map.Find(Token(0)), nullptr);
  }
}

TEST(TokenMapTest, SmallTokensFindNothing) {
  TokenMap<int> map;
  // One place that is empty, and many that are not.
  ASSERT_TRUE(map.Erase(map.Insert(0)));
  for (int i = 0; i < 1000; ++i) map.Insert(i);
  ASSERT_TRUE(map.Erase(map.Insert(0)));
  for (std::uint64_t value = 0; value < 2000; ++value) {
    for (const std::uint64_t small : {value, 0xffffffff - value}) {
      ASSERT_EQ(map.Find(Token(small)), nullptr) << small;
      ASSERT_FALSE(map.Erase(Token(small))) << small;
    }
  }
  EXPECT_EQ(map.size(), 1000u);
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

TEST(TokenMapTest, EmplacesInPlace) {
  struct Pinned {
    Pinned(int number_in, std::unique_ptr<int> owned_in)
        : number(number_in), owned(std::move(owned_in)) {}
    Pinned(Pinned&&) = delete;

    const int number;
    const std::unique_ptr<int> owned;
  };
  TokenMap<Pinned> map;
  const Token one = map.Emplace(1, std::make_unique<int>(10));
  const Token two = map.Emplace(2, nullptr);
  ASSERT_NE(map.Find(one), nullptr);
  EXPECT_EQ(map.Find(one)->number, 1);
  EXPECT_EQ(*map.Find(one)->owned, 10);
  ASSERT_NE(map.Find(two), nullptr);
  EXPECT_EQ(map.Find(two)->number, 2);
  EXPECT_EQ(map.size(), 2u);
  EXPECT_TRUE(map.Erase(one));
  EXPECT_EQ(map.Find(map.Emplace(3, nullptr))->number, 3);
}

TEST(TokenMapTest, EmplacesWithoutArguments) {
  TokenMap<std::string> map;
  EXPECT_EQ(*map.Find(map.Emplace()), "");
  EXPECT_EQ(*map.Find(map.Emplace(3, 'x')), "xxx");
}

TEST(TokenMapTest, AConstructorUsesTheMap) {
  struct Tree;
  using Map = TokenMap<Tree>;
  // Each makes its children first.
  struct Tree {
    Tree(Map& map, int depth, std::vector<Token>& made) {
      for (int i = 0; i < depth; ++i) {
        made.push_back(map.Emplace(map, depth - 1, made));
      }
      number = made.size();
    }
    std::size_t number;
  };
  Map map;
  // In places of its own, and in those that were erased.
  for (int round = 0; round < 2; ++round) {
    std::vector<Token> made;
    made.push_back(map.Emplace(map, 4, made));
    EXPECT_EQ(map.size(), made.size());
    for (std::size_t i = 0; i < made.size(); ++i) {
      ASSERT_NE(map.Find(made[i]), nullptr);
      EXPECT_EQ(map.Find(made[i])->number, i);
      ASSERT_TRUE(map.Erase(made[i]));
    }
  }
}

TEST(TokenMapTest, AConstructorThatThrowsLeavesTheMapAsItWas) {
  struct Throws {
    explicit Throws(bool does) {
      if (does) throw std::runtime_error("no object");
    }
  };
  TokenMap<Throws> map;
  EXPECT_THROW(map.Emplace(true), std::runtime_error);
  EXPECT_TRUE(map.empty());
  EXPECT_EQ(map.begin(), map.end());
  const Token first = map.Emplace(false);
  const Throws* const place = map.Find(first);
  ASSERT_TRUE(map.Erase(first));
  EXPECT_THROW(map.Emplace(true), std::runtime_error);
  EXPECT_EQ(map.Find(map.Emplace(false)), place) << "the place was lost";
  EXPECT_EQ(map.size(), 1u);
}

template <typename Map>
std::map<std::uint64_t, int> Visited(Map& map) {
  std::map<std::uint64_t, int> visited;
  for (const auto [token, object] : map) {
    EXPECT_TRUE(visited.emplace(token.value(), object).second)
        << token << " was visited twice";
  }
  return visited;
}

TEST(TokenMapTest, IterationVisitsEachObjectOnce) {
  TokenMap<int> map;
  const TokenMap<int>& constant = map;
  std::map<std::uint64_t, int> expected;
  EXPECT_EQ(Visited(map), expected);
  EXPECT_EQ(Visited(constant), expected);
  for (int i = 0; i < 1000; ++i) expected[map.Insert(i).value()] = i;
  EXPECT_EQ(Visited(map), expected);
  // Holes at both ends and in between.
  int number = 0;
  for (auto next = expected.begin(); next != expected.end(); ++number) {
    if (number < 10 || number >= 990 || number % 3 == 0) {
      ASSERT_TRUE(map.Erase(Token(next->first)));
      next = expected.erase(next);
    } else {
      ++next;
    }
  }
  EXPECT_EQ(Visited(map), expected);
  EXPECT_EQ(Visited(constant), expected);
  for (const auto& [value, object] : expected) {
    ASSERT_TRUE(map.Erase(Token(value)));
  }
  EXPECT_TRUE(Visited(map).empty());
}

TEST(TokenMapTest, IterationGivesTheObjectsThemselves) {
  TokenMap<int> map;
  const TokenMap<int>& constant = map;
  static_assert(std::is_same<decltype((*map.begin()).object), int&>::value, "");
  static_assert(
      std::is_same<decltype((*constant.begin()).object), const int&>::value,
      "");
  for (int i = 0; i < 10; ++i) map.Insert(i);
  for (const auto [token, object] : map) {
    EXPECT_EQ(&object, map.Find(token));
    object += 100;
  }
  for (const auto [token, object] : constant) {
    EXPECT_EQ(&object, map.Find(token));
    EXPECT_GE(object, 100);
  }
}

TEST(TokenMapTest, IteratorsServeAlgorithms) {
  TokenMap<int> map;
  for (int i = 0; i < 10; ++i) map.Insert(i);
  using Entry = TokenMap<int>::Entry;
  EXPECT_EQ(std::distance(map.begin(), map.end()), 10);
  const auto found =
      std::find_if(map.begin(), map.end(),
                   [](const Entry& entry) { return entry.object == 7; });
  ASSERT_NE(found, map.end());
  EXPECT_EQ((*found).object, 7);
  EXPECT_EQ(std::count_if(map.begin(), map.end(),
                          [](const Entry& entry) { return entry.object < 3; }),
            3);
  auto next = map.begin();
  const auto first = next++;
  EXPECT_EQ(first, map.begin());
  EXPECT_NE(first, next);
}

TEST(TokenMapTest, ALoopMayEraseTheCurrentObject) {
  TokenMap<int> map;
  for (int i = 0; i < 100; ++i) map.Insert(i);
  int rounds = 0;
  for (const auto [token, object] : map) {
    ++rounds;
    if (object % 2 == 0) {
      ASSERT_TRUE(map.Erase(token));
    }
  }
  EXPECT_EQ(rounds, 100);
  EXPECT_EQ(map.size(), 50u);
  for (const auto [token, object] : map) ASSERT_TRUE(map.Erase(token));
  EXPECT_TRUE(map.empty());
}

TEST(TokenMapTest, ALoopDoesNotVisitWhatItHasErased) {
  // From each object on, the others are erased in different directions.
  for (const int step : {1, -1, 3, -3, 7}) {
    TokenMap<int> map;
    std::vector<Token> tokens;
    for (int i = 0; i < 100; ++i) tokens.push_back(map.Insert(i));
    std::set<std::uint64_t> erased;
    for (const auto [token, object] : map) {
      ASSERT_EQ(erased.count(token.value()), 0u);
      const Token other =
          tokens[static_cast<std::size_t>((object + step + 100) % 100)];
      if (map.Erase(other)) erased.insert(other.value());
    }
    EXPECT_EQ(map.size(), 100u - erased.size());
    EXPECT_GE(erased.size(), 40u);
  }
}

TEST(TokenMapTest, ALoopThatInsertsEnds) {
  TokenMap<int> map;
  for (int i = 0; i < 100; ++i) map.Insert(i);
  std::set<int> visited;
  int rounds = 0;
  // In new places, ...
  for (const auto [token, object] : map) {
    ++rounds;
    if (object < 100) visited.insert(object);
    map.Insert(1000);
    map.Insert(1000);
  }
  EXPECT_EQ(visited.size(), 100u);
  EXPECT_LE(rounds, 300);
  // ... and in those that the loop itself makes free.
  rounds = 0;
  const std::size_t before = map.size();
  for (const auto [token, object] : map) {
    ++rounds;
    ASSERT_TRUE(map.Erase(token));
    map.Insert(2000);
  }
  EXPECT_EQ(map.size(), before);
  EXPECT_GE(rounds, 1);
}

TEST(TokenMapTest, TheEndStaysTheEndWhileTheMapGrows) {
  TokenMap<int> map;
  map.Insert(1);
  int rounds = 0;
  for (auto next = map.begin(); next != map.end(); ++next) {
    ++rounds;
    for (int i = 0; i < 100; ++i) map.Insert(i);
  }
  EXPECT_EQ(rounds, 1);
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
    if (step % 1000 == 0) {
      const std::map<std::uint64_t, int> visited = Visited(map);
      ASSERT_EQ(visited, model);
    }
  }
  for (const Token token : given) {
    ASSERT_EQ(found_in_map(token), found_in_model(token)) << token;
  }
}

}  // namespace
}  // namespace event_selector
