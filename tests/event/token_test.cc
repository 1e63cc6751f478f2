#include "event/token.h"

#include <cstdint>
#include <limits>
#include <type_traits>

#include "absl/hash/hash_testing.h"
#include "gtest/gtest.h"
#include "tests/event/print.h"

namespace event_selector {
namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

static_assert(sizeof(Token) == 8, "");
static_assert(std::is_trivially_copyable<Token>::value, "");
static_assert(std::is_standard_layout<Token>::value, "");
static_assert(!std::is_convertible<std::uint64_t, Token>::value,
              "a number is not a token by accident");
static_assert(!std::is_convertible<Token, std::uint64_t>::value, "");

static_assert(Token().value() == 0, "");
static_assert(Token(7).value() == 7, "");
static_assert(Token(kMax).value() == kMax, "");

static_assert(Token() == Token(0), "");
static_assert(Token(7) == Token(7) && !(Token(7) != Token(7)), "");
static_assert(Token(7) != Token(8) && !(Token(7) == Token(8)), "");
static_assert(Token(1) != Token((std::uint64_t{1} << 32) | 1),
              "all 64 bits count");

TEST(TokenTest, HoldsAPointer) {
  int number = 5;
  const Token token = Token::FromPointer(&number);
  EXPECT_EQ(token.pointer<int>(), &number);
  EXPECT_EQ(token.pointer<const int>(), &number);
  EXPECT_EQ(token.value(), reinterpret_cast<std::uintptr_t>(&number));
  *token.pointer<int>() = 6;
  EXPECT_EQ(number, 6);
}

TEST(TokenTest, HoldsAPointerToConst) {
  const int number = 5;
  EXPECT_EQ(Token::FromPointer(&number).pointer<const int>(), &number);
}

TEST(TokenTest, HoldsANullPointer) {
  int* const null = nullptr;
  EXPECT_EQ(Token::FromPointer(null), Token(0));
  EXPECT_EQ(Token(0).pointer<int>(), nullptr);
}

TEST(TokenTest, DifferentPointersAreDifferentTokens) {
  const int numbers[2] = {};
  EXPECT_NE(Token::FromPointer(&numbers[0]), Token::FromPointer(&numbers[1]));
}

TEST(TokenTest, Hash) {
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly(
      {Token(), Token(0), Token(1), Token(std::uint64_t{1} << 32),
       Token((std::uint64_t{1} << 32) | 1), Token(kMax)}));
}

TEST(TokenTest, PrintsInDecimal) {
  EXPECT_EQ(PrintByStream(Token(0)), "0");
  EXPECT_EQ(PrintByStream(Token(7)), "7");
  EXPECT_EQ(PrintByStream(Token(kMax)), "18446744073709551615");
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{7}, kMax}) {
    EXPECT_EQ(PrintByStringify(Token(value)), PrintByStream(Token(value)));
  }
}

}  // namespace
}  // namespace event_selector
