#include "examples/thread_per_core_server/request.h"

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace examples {
namespace thread_per_core {
namespace {

using State = Request::State;

State StateOf(const std::string& input) { return ParseRequest(input).state; }

// "GET / HTTP/1.1" with a host and `fields`, lines that end with CR LF.
std::string Get(const std::string& fields) {
  return absl::StrCat("GET / HTTP/1.1\r\nHost: here\r\n", fields, "\r\n");
}

TEST(RequestTest, EndsAtTheBlankLine) {
  const std::string first = "GET /path?query HTTP/1.1\r\nHost: here\r\n\r\n";
  const Request request = ParseRequest(first + "GET /next");
  EXPECT_EQ(request.state, State::kComplete);
  EXPECT_EQ(request.size, first.size());
  EXPECT_TRUE(request.keep_alive);
}

TEST(RequestTest, IsIncompleteUpToTheLastByte) {
  const std::string whole = Get("Accept: */*\r\n");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(StateOf(whole.substr(0, size)), State::kIncomplete) << size;
  }
  EXPECT_EQ(StateOf(whole), State::kComplete);
}

TEST(RequestTest, MayBeAsLongAsTheLimitAndNoLonger) {
  const std::size_t rest = Get("Name: \r\n").size();
  const std::string longest =
      Get("Name: " + std::string(kMaxRequestSize - rest, 'x') + "\r\n");
  ASSERT_EQ(longest.size(), kMaxRequestSize);
  EXPECT_EQ(StateOf(longest), State::kComplete);
  EXPECT_EQ(StateOf(longest + Get("")), State::kComplete) << "and one more";
  EXPECT_EQ(StateOf(longest.substr(0, longest.size() - 1)), State::kIncomplete);
  const std::string longer =
      Get("Name: " + std::string(kMaxRequestSize - rest + 1, 'x') + "\r\n");
  EXPECT_EQ(StateOf(longer), State::kBad);
  EXPECT_EQ(StateOf(longer.substr(0, kMaxRequestSize)), State::kBad)
      << "no end within the limit";
}

TEST(RequestTest, IsTheLastIfTheClientSaysSo) {
  EXPECT_TRUE(ParseRequest(Get("")).keep_alive);
  EXPECT_TRUE(ParseRequest(Get("Connection: keep-alive\r\n")).keep_alive);
  EXPECT_FALSE(ParseRequest(Get("Connection: close\r\n")).keep_alive);
  EXPECT_FALSE(ParseRequest(Get("connection:\tx , Close\r\n")).keep_alive);
  EXPECT_TRUE(ParseRequest(Get("Connection: closed\r\n")).keep_alive);
  const Request old = ParseRequest("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.state, State::kComplete);
  EXPECT_FALSE(old.keep_alive);
}

TEST(RequestTest, HasNoBody) {
  EXPECT_EQ(StateOf(Get("Content-Length: 0\r\n")), State::kComplete);
  EXPECT_EQ(StateOf(Get("Content-Length: 1\r\n")), State::kBad);
  EXPECT_EQ(StateOf(Get("content-length: x\r\n")), State::kBad);
  EXPECT_EQ(StateOf(Get("Transfer-Encoding: chunked\r\n")), State::kBad);
}

TEST(RequestTest, IsAGetOfThisProtocol) {
  for (const std::string line :
       {"GET", "GET /", "GET / HTTP/2", "GET  HTTP/1.1", "POST / HTTP/1.1",
        "get / HTTP/1.1", "GET / / HTTP/1.1", "GET / HTTP/1.1 ",
        " GET / HTTP/1.1"}) {
    EXPECT_EQ(StateOf(line + "\r\n\r\n"), State::kBad) << line;
  }
}

// RFC 9112, section 2.2: a client may have sent one line end too many.
TEST(RequestTest, MayComeBehindEmptyLines) {
  for (const std::string before : {"\r\n", "\r\n\r\n"}) {
    EXPECT_EQ(StateOf(before), State::kIncomplete);
    const Request request = ParseRequest(before + Get("") + "GET");
    EXPECT_EQ(request.state, State::kComplete);
    EXPECT_EQ(request.size, before.size() + Get("").size());
  }
  EXPECT_EQ(StateOf("\r\n\n"), State::kBad);
  std::string only_empty;
  while (only_empty.size() < kMaxRequestSize) only_empty += "\r\n";
  EXPECT_EQ(StateOf(only_empty), State::kBad);
}

// RFC 9112, section 3.2.
TEST(RequestTest, NamesItsHostOnce) {
  EXPECT_EQ(StateOf("GET / HTTP/1.1\r\n\r\n"), State::kBad);
  EXPECT_EQ(StateOf("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"),
            State::kBad);
  EXPECT_EQ(StateOf("GET / HTTP/1.1\r\nhost:\r\n\r\n"), State::kComplete);
  EXPECT_EQ(StateOf("GET / HTTP/1.0\r\n\r\n"), State::kComplete);
  EXPECT_EQ(StateOf(Get("Host: there\r\n")), State::kBad);
}

TEST(RequestTest, MayAskForTheHeadOnly) {
  EXPECT_FALSE(ParseRequest(Get("")).is_head);
  const Request request = ParseRequest("HEAD / HTTP/1.1\r\nHost: here\r\n\r\n");
  EXPECT_EQ(request.state, State::kComplete);
  EXPECT_TRUE(request.is_head);
  EXPECT_TRUE(request.keep_alive);
}

TEST(RequestTest, HasFieldsWithNames) {
  for (const std::string field :
       {"no colon", ": no name", "a space : x", " folded: x"}) {
    EXPECT_EQ(StateOf(Get(field + "\r\n")), State::kBad) << field;
  }
  EXPECT_EQ(StateOf(Get("Name: a:b\r\nEmpty:\r\n")), State::kComplete);
}

TEST(RequestTest, IsBadAsSoonAsALineEndsWrongly) {
  EXPECT_EQ(StateOf("GET / HTTP/1.1\n"), State::kBad);
  EXPECT_EQ(StateOf("GET / HTTP/1.1\rH"), State::kBad);
  EXPECT_EQ(StateOf("GET / HTTP/1.1\r\r\n"), State::kBad);
  EXPECT_EQ(StateOf("\n"), State::kBad);
  EXPECT_EQ(StateOf(std::string("GET /\0", 6)), State::kBad);
  EXPECT_EQ(StateOf(Get("") + "\n"), State::kComplete)
      << "what follows is the next request's concern";
}

}  // namespace
}  // namespace thread_per_core
}  // namespace examples
