#include "store.h"

#include <chrono>
#include <map>
#include <optional>
#include <random>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace key_value_server {
namespace {

using std::chrono::seconds;
using ::testing::Pointee;

TEST(StoreTest, SetsReplacesAndRemoves) {
  Store store;
  EXPECT_EQ(store.Get("a"), nullptr);
  ASSERT_TRUE(store.Set("a", "1").ok());
  ASSERT_TRUE(store.Set("b", "2").ok());
  ASSERT_TRUE(store.Set("a", "3").ok());
  EXPECT_THAT(store.Get("a"), Pointee(std::string("3")));
  EXPECT_EQ(store.size(), 2u);
  ASSERT_TRUE(store.Set("b", "4", seconds(10)).ok());
  const Store::Snapshot copy = store.Copy(seconds(3));
  ASSERT_EQ(copy.size(), 2u);
  const Store::Item& a = copy[copy[0].key == "a" ? 0 : 1];
  const Store::Item& b = copy[copy[0].key == "b" ? 0 : 1];
  EXPECT_EQ(a.value, "3");
  EXPECT_EQ(a.lifetime, std::nullopt);
  EXPECT_EQ(b.value, "4");
  EXPECT_EQ(b.lifetime, seconds(7));
  EXPECT_TRUE(store.Remove("a"));
  EXPECT_FALSE(store.Remove("a"));
  EXPECT_EQ(store.Get("a"), nullptr);
}

TEST(StoreTest, AKeyExpiresAtItsDeadline) {
  Store store;
  ASSERT_TRUE(store.Set("a", "1", seconds(10)).ok());
  ASSERT_TRUE(store.Set("b", "2", seconds(20)).ok());
  EXPECT_EQ(store.UntilNextExpiry(seconds(4)), absl::Seconds(6));
  EXPECT_EQ(store.LifetimeOf("a").deadline, seconds(10));
  store.RemoveExpired(seconds(10) - std::chrono::nanoseconds(1));
  EXPECT_NE(store.Get("a"), nullptr);
  store.RemoveExpired(seconds(10));
  EXPECT_EQ(store.Get("a"), nullptr);
  EXPECT_NE(store.Get("b"), nullptr);
  EXPECT_EQ(store.UntilNextExpiry(seconds(10)), absl::Seconds(10));
  EXPECT_FALSE(store.LifetimeOf("a").exists);
}

TEST(StoreTest, ADeadlineIsMovedOrLifted) {
  Store store;
  ASSERT_TRUE(store.Set("a", "1", seconds(10)).ok());
  ASSERT_TRUE(store.Expire("a", seconds(5)).ok());
  EXPECT_EQ(store.UntilNextExpiry(seconds(0)), absl::Seconds(5));
  ASSERT_TRUE(store.Expire("a", seconds(30)).ok());
  store.RemoveExpired(seconds(29));
  EXPECT_NE(store.Get("a"), nullptr);
  // A value that is set anew lives for ever.
  ASSERT_TRUE(store.Set("a", "2").ok());
  EXPECT_EQ(store.UntilNextExpiry(seconds(29)), absl::InfiniteDuration());
  EXPECT_TRUE(store.LifetimeOf("a").exists);
  EXPECT_EQ(store.LifetimeOf("a").deadline, std::nullopt);
  EXPECT_TRUE(absl::IsNotFound(store.Expire("b", seconds(1))));
}

// Beside a map of deadlines that is asked key by key.
TEST(StoreTest, IsWhatASimpleStoreIs) {
  struct Simple {
    std::string value;
    std::optional<seconds> deadline;
  };
  std::mt19937 random(1);
  Store store;
  std::map<std::string, Simple> simple;
  seconds now(0);
  for (int i = 0; i < 20'000; ++i) {
    now += seconds(random() % 2);
    store.RemoveExpired(now);
    for (auto it = simple.begin(); it != simple.end();) {
      const bool is_over =
          it->second.deadline.has_value() && *it->second.deadline <= now;
      it = is_over ? simple.erase(it) : std::next(it);
    }
    const std::string key = absl::StrCat("key", random() % 50);
    const seconds deadline = now + seconds(1 + random() % 20);
    switch (random() % 4) {
      case 0:
        ASSERT_TRUE(store.Set(key, absl::StrCat(i)).ok());
        simple[key] = {absl::StrCat(i), std::nullopt};
        break;
      case 1:
        ASSERT_TRUE(store.Set(key, absl::StrCat(i), deadline).ok());
        simple[key] = {absl::StrCat(i), deadline};
        break;
      case 2:
        EXPECT_EQ(store.Expire(key, deadline).ok(), simple.count(key) > 0);
        if (simple.count(key) > 0) simple[key].deadline = deadline;
        break;
      default:
        EXPECT_EQ(store.Remove(key), simple.erase(key) > 0);
    }
    ASSERT_EQ(store.size(), simple.size());
    const std::string other = absl::StrCat("key", random() % 50);
    const std::string* const value = store.Get(other);
    ASSERT_EQ(value != nullptr, simple.count(other) > 0);
    if (value != nullptr) {
      ASSERT_EQ(*value, simple[other].value);
    }
  }
}

}  // namespace
}  // namespace key_value_server
