#include "examples/chat_server/transcript.h"

#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "examples/chat_server/outbox.h"
#include "gtest/gtest.h"

namespace examples {
namespace chat {
namespace {

std::string ContentsOf(const std::string& path) {
  std::ostringstream contents;
  contents << std::ifstream(path, std::ios::binary).rdbuf();
  return contents.str();
}

Message MessageOf(const std::string& text) {
  return std::make_shared<const std::string>(text);
}

std::string PathOf(const std::string& name) {
  return absl::StrCat(testing::TempDir(), "/", name);
}

TEST(TranscriptTest, HasEverythingInOrder) {
  const std::string path = PathOf("everything");
  std::string expected;
  {
    const auto transcript = Transcript::Open(path);
    ASSERT_TRUE(transcript.ok()) << transcript.status();
    for (int i = 0; i < 10000; ++i) {
      const std::string line = absl::StrCat(i, ": line\n");
      (*transcript)->Add(MessageOf(line));
      expected += line;
    }
  }
  EXPECT_EQ(ContentsOf(path), expected);
}

TEST(TranscriptTest, AddsToWhatIsThere) {
  const std::string path = PathOf("twice");
  for (const char* const line : {"one\n", "two\n"}) {
    const auto transcript = Transcript::Open(path);
    ASSERT_TRUE(transcript.ok()) << transcript.status();
    (*transcript)->Add(MessageOf(line));
  }
  EXPECT_EQ(ContentsOf(path), "one\ntwo\n");
}

TEST(TranscriptTest, AFileThatCannotBeOpenedIsAnError) {
  EXPECT_EQ(Transcript::Open(PathOf("no/such/folder")).status().code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace chat
}  // namespace examples
