#include "tests/model/script.h"

#include <cstdint>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "event/capabilities.h"
#include "event/interest.h"
#include "event/mode.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/model/generator.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::HasSubstr;

Capabilities Everything() {
  Capabilities capabilities;
  capabilities.interests = Interest::kReadable | Interest::kWritable |
                           Interest::kPriority | Interest::kReadClosed;
  capabilities.modes =
      Mode::kEdge | Mode::kOneshot | Mode::kExclusive | Mode::kKeepAwake;
  return capabilities;
}

TEST(ScriptTest, EveryOperationHasItsText) {
  const absl::string_view text =
      "open 0 stream\n"
      "open 79 eventfd\n"
      "add 0 token 18446744073709551615 readable|writable edge|oneshot\n"
      "modify 0 token 0 none level\n"
      "add 1 token 5 0x41 0x80000001\n"
      "remove 0\n"
      "close 0\n"
      "reset 0\n"
      "dup 0 4\n"
      "read 0\n"
      "write 0\n"
      "drain 0\n"
      "fill 0\n"
      "shutdown 0\n"
      "oob 0\n"
      "wake\n"
      "wait 1 now\n"
      "wait 7 briefly\n"
      "wait 1024 forever\n"
      "close-selector\n";
  const absl::StatusOr<Script> script = ParseScript(text);
  ASSERT_TRUE(script.ok()) << script.status();
  EXPECT_EQ(script->size(), 20u);
  EXPECT_EQ(ToText(*script), text);
}

TEST(ScriptTest, ParsesWhatItSays) {
  const absl::StatusOr<Script> script =
      ParseScript("add 3 token 7 readable|priority edge|exclusive");
  ASSERT_TRUE(script.ok()) << script.status();
  const Operation& add = script->front();
  EXPECT_EQ(add.verb, Operation::Verb::kAdd);
  EXPECT_EQ(add.slot, 3);
  EXPECT_EQ(add.token, 7u);
  EXPECT_EQ(add.interest, Interest::kReadable | Interest::kPriority);
  EXPECT_EQ(add.mode, Mode::kEdge | Mode::kExclusive);
}

TEST(ScriptTest, LeavesOutCommentsAndEmptyLines) {
  const absl::StatusOr<Script> script =
      ParseScript("# A script.\n\n  wake  # once\r\n\twait 1 now\n");
  ASSERT_TRUE(script.ok()) << script.status();
  EXPECT_EQ(ToText(*script), "wake\nwait 1 now\n");
}

TEST(ScriptTest, RefusesWhatItDoesNotUnderstand) {
  for (const absl::string_view line :
       {"walk", "wake 1", "wait 1", "wait 1025 now", "wait 1 soon", "read",
        "read 80", "read -1", "read x", "dup 1", "dup 1 80", "open 1 socket",
        "add 1 token x readable level", "add 1 token 1 red level",
        "add 1 token 1 readable fast", "add 1 tokens 1 readable level"}) {
    const absl::StatusOr<Script> script =
        ParseScript(std::string("wake\n") + std::string(line));
    ASSERT_EQ(script.status().code(), absl::StatusCode::kInvalidArgument)
        << line;
    EXPECT_THAT(std::string(script.status().message()), HasSubstr("line 2"));
  }
}

TEST(GeneratorTest, WhatItMakesIsTheSameAsText) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::string text = ToText(RandomScript(seed, 500, Everything()));
    const absl::StatusOr<Script> parsed = ParseScript(text);
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(parsed->size(), 500u);
    EXPECT_EQ(ToText(*parsed), text);
  }
}

TEST(GeneratorTest, ASeedMakesOneScript) {
  const std::string text = ToText(RandomScript(5, 500, Everything()));
  EXPECT_EQ(ToText(RandomScript(5, 500, Everything())), text);
  EXPECT_NE(ToText(RandomScript(6, 500, Everything())), text);
}

// Seeds in reports must mean the same on another machine and tomorrow.
TEST(GeneratorTest, TheNumbersAreTheSameEverywhere) {
  const Script script = RandomScript(1, 81, Everything());
  EXPECT_EQ(ToText(script.back()), "wait 1024 forever");
}

TEST(GeneratorTest, EveryKindOfOperationOccurs) {
  const std::string text = ToText(RandomScript(1, 20000, Everything()));
  for (const absl::string_view part :
       {"add ",       "modify ",     "remove ",      "close ",    "reset ",
        "dup ",       "read ",       "write ",       "drain ",    "fill ",
        "shutdown ",  "oob ",        "wake",         "wait 1 ",   "wait 7 ",
        "wait 1024 ", "wait 0 ",     " now",         " forever",  " briefly",
        " stream",    " tcp",        " udp",         " pipe",     " listener",
        " eventfd",   " file",       " none ",       "exclusive", "keep_awake",
        "priority",   "read_closed", "edge|oneshot", " 0x40 ",    " 0x1\n"}) {
    EXPECT_THAT(text, HasSubstr(std::string(part)));
  }
}

TEST(GeneratorTest, SpecialTokensOccur) {
  std::string text;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    text += ToText(RandomScript(seed, 2000, Everything()));
  }
  for (const absl::string_view token :
       {"token 0 ", "token 1 ", "token 18446744073709551615 ",
        "token 11415608902753598811 "}) {
    EXPECT_THAT(text, HasSubstr(std::string(token)));
  }
}

TEST(GeneratorTest, AsksForNothingThatIsNotSupported) {
  Capabilities little;
  little.interests = Interest::kReadable | Interest::kWritable;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    for (const Operation& operation : RandomScript(seed, 2000, little)) {
      const bool is_valid =
          operation.interest.bits() != 0x40 && operation.mode.bits() != 1;
      if (!is_valid) continue;
      EXPECT_TRUE(little.interests.contains(operation.interest));
      EXPECT_TRUE(operation.mode.empty());
    }
  }
}

TEST(GeneratorTest, EveryStringIsAScript) {
  EXPECT_TRUE(ScriptFromBytes("", Everything()).empty());
  std::string bytes;
  for (int i = 0; i < 3000; ++i) {
    bytes.push_back(static_cast<char>(i * 7 + i / 256));
  }
  const Script script = ScriptFromBytes(bytes, Everything());
  EXPECT_GT(script.size(), 300u);
  EXPECT_LE(script.size(), 400u);
  EXPECT_TRUE(ParseScript(ToText(script)).ok());
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
