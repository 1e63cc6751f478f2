#include "examples/chat_server/line_buffer.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace examples {
namespace chat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(LineBufferTest, FindsLines) {
  LineBuffer lines(100);
  EXPECT_THAT(lines.Add("one\ntwo\n\nthree\n"),
              ElementsAre("one", "two", "", "three"));
  EXPECT_EQ(lines.TakeRest(), "");
}

TEST(LineBufferTest, PutsPartsTogether) {
  LineBuffer lines(100);
  EXPECT_THAT(lines.Add("hel"), IsEmpty());
  EXPECT_THAT(lines.Add(""), IsEmpty());
  EXPECT_THAT(lines.Add("lo\nwor"), ElementsAre("hello"));
  EXPECT_THAT(lines.Add("ld"), IsEmpty());
  EXPECT_THAT(lines.Add("\n"), ElementsAre("world"));
}

TEST(LineBufferTest, TakesTheEndsOfOtherSystems) {
  LineBuffer lines(100);
  EXPECT_THAT(lines.Add("one\r\ntwo\r"), ElementsAre("one"));
  EXPECT_THAT(lines.Add("\n\r\nth\rree\n"), ElementsAre("two", "", "th\rree"));
}

TEST(LineBufferTest, GivesTheRestOnce) {
  LineBuffer lines(100);
  lines.Add("one\nrest");
  EXPECT_EQ(lines.TakeRest(), "rest");
  EXPECT_EQ(lines.TakeRest(), "");
  EXPECT_THAT(lines.Add("two\n"), ElementsAre("two"));
}

TEST(LineBufferTest, CutsLongLines) {
  LineBuffer lines(4);
  EXPECT_THAT(lines.Add("123456789\n"), ElementsAre("1234", "5678", "9"));
  // One that just fits is not followed by an empty one.
  EXPECT_THAT(lines.Add("1234\n5678\n"), ElementsAre("1234", "5678"));
  EXPECT_THAT(lines.Add("1234"), IsEmpty());
  EXPECT_THAT(lines.Add("\n"), ElementsAre("1234"));
}

TEST(LineBufferTest, KeepsNoMoreThanALine) {
  LineBuffer lines(4);
  for (int i = 0; i < 1000; ++i) lines.Add("x");
  EXPECT_EQ(lines.TakeRest(), "xxxx");
}

}  // namespace
}  // namespace chat
}  // namespace examples
