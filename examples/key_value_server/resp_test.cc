#include "resp.h"

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace key_value_server {
namespace {

using State = ParsedRequest::State;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Encode(const std::vector<std::string>& arguments) {
  std::string out;
  AppendArray(arguments.size(), out);
  for (const std::string& argument : arguments) AppendBulk(argument, out);
  return out;
}

TEST(ParseRequestTest, AnArrayOfBulkStrings) {
  const std::string input = "*2\r\n$3\r\nGET\r\n$5\r\nhello\r\n*1\r\n";
  Arguments arguments;
  const ParsedRequest parsed = ParseRequest(input, {}, arguments);
  EXPECT_EQ(parsed.state, State::kComplete);
  EXPECT_EQ(parsed.size, input.size() - 4);
  EXPECT_THAT(arguments, ElementsAre("GET", "hello"));
  // Nothing, as with Redis.
  for (const char* const none : {"*0\r\n", "*-1\r\n", "*-1000000000\r\n"}) {
    const ParsedRequest empty = ParseRequest(none, {}, arguments);
    EXPECT_EQ(empty.state, State::kComplete) << none;
    EXPECT_EQ(empty.size, std::string(none).size());
    EXPECT_THAT(arguments, IsEmpty());
  }
}

TEST(ParseRequestTest, ArgumentsAreAnyBytes) {
  const std::string value("a\r\nb\0cde", 8);
  const std::string input = Encode({"SET", "", value});
  Arguments arguments;
  ASSERT_EQ(ParseRequest(input, {}, arguments).state, State::kComplete);
  EXPECT_THAT(arguments, ElementsAre("SET", "", value));
}

TEST(ParseRequestTest, AnyPartOfARequestIsIncomplete) {
  const std::string input = Encode({"SET", "key", std::string(300, 'v')});
  Arguments arguments;
  for (std::size_t size = 0; size < input.size(); ++size) {
    EXPECT_EQ(ParseRequest(input.substr(0, size), {}, arguments).state,
              State::kIncomplete)
        << size;
  }
}

TEST(ParseRequestTest, WordsInALine) {
  Arguments arguments;
  const std::string input = "SET  a b \r\nGET a\n";
  const ParsedRequest first = ParseRequest(input, {}, arguments);
  EXPECT_EQ(first.state, State::kComplete);
  EXPECT_EQ(first.size, 11u);
  EXPECT_THAT(arguments, ElementsAre("SET", "a", "b"));
  const ParsedRequest second =
      ParseRequest(absl::string_view(input).substr(11), {}, arguments);
  EXPECT_EQ(second.size, 6u);
  EXPECT_THAT(arguments, ElementsAre("GET", "a"));
  EXPECT_EQ(ParseRequest("\r\n", {}, arguments).size, 2u);
  EXPECT_THAT(arguments, IsEmpty());
  EXPECT_EQ(ParseRequest("PING", {}, arguments).state, State::kIncomplete);
}

TEST(ParseRequestTest, WhatIsNotRespIsBad) {
  Arguments arguments;
  for (const char* const input :
       {"*x\r\n", "*\r\n", "*1\r\nPING\r\n", "*1\r\n$x\r\n", "*1\r\n$-1\r\n",
        "*1\r\n$4\r\nPINGxx", "*2000\r\n", "*1\r\n$99999999\r\n",
        "*99999999999999999999999\r\n", "*1000000000\r\n",
        "*1\r\n$1000000000\r\n", "*1\r\n$-1000000000\r\n", "*-\r\n"}) {
    const ParsedRequest parsed = ParseRequest(input, {}, arguments);
    EXPECT_EQ(parsed.state, State::kBad) << input;
    EXPECT_STRNE(parsed.error, "");
  }
  // Without an end, and longer than any header.
  EXPECT_EQ(ParseRequest(std::string(40, '*'), {}, arguments).state,
            State::kBad);
  EXPECT_EQ(ParseRequest(std::string(70'000, 'x'), {}, arguments).state,
            State::kBad);
}

TEST(ParseRequestTest, TheLimitsAreTheCallers) {
  RequestLimits limits;
  limits.max_arguments = 2;
  limits.max_argument_size = 3;
  limits.max_line = 10;
  Arguments arguments;
  EXPECT_EQ(ParseRequest(Encode({"GET", "abc"}), limits, arguments).state,
            State::kComplete);
  EXPECT_EQ(ParseRequest(Encode({"GET", "abcd"}), limits, arguments).state,
            State::kBad);
  EXPECT_EQ(ParseRequest(Encode({"a", "b", "c"}), limits, arguments).state,
            State::kBad);
  EXPECT_EQ(ParseRequest("a b c\n", limits, arguments).state, State::kBad);
  EXPECT_EQ(ParseRequest("12345678901", limits, arguments).state, State::kBad);
}

TEST(RepliesTest, AnErrorIsOneLine) {
  std::string out = "+OK\r\n";
  AppendError("ERR unknown 'a\r\n+OK\n'", out);
  EXPECT_EQ(out, "+OK\r\n-ERR unknown 'a  +OK '\r\n");
}

// Never reads past the end, whatever comes: under AddressSanitizer.
TEST(ParseRequestTest, AnyBytesAreParsed) {
  std::mt19937 random(1);
  const std::string bytes = "*$123\r\n x-";
  Arguments arguments;
  for (int i = 0; i < 100'000; ++i) {
    std::string input;
    for (std::size_t size = random() % 20; size > 0; --size) {
      input += bytes[random() % bytes.size()];
    }
    const ParsedRequest parsed = ParseRequest(input, {}, arguments);
    EXPECT_LE(parsed.size, input.size());
    EXPECT_EQ(parsed.size > 0, parsed.state == State::kComplete) << input;
  }
}

TEST(RepliesTest, AsRespHasThem) {
  std::string out;
  AppendSimple("OK", out);
  AppendError("ERR no", out);
  AppendInteger(-2, out);
  AppendBulk("a\r\nb", out);
  AppendNull(out);
  AppendArray(3, out);
  EXPECT_EQ(out, "+OK\r\n-ERR no\r\n:-2\r\n$4\r\na\r\nb\r\n$-1\r\n*3\r\n");
}

}  // namespace
}  // namespace key_value_server
