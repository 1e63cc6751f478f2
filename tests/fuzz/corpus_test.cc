// Plays each file of the fuzzer's corpus, with any compiler.

#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/fuzz/play_bytes.h"
#include "tests/model/script_files.h"

namespace event_selector {
namespace testing {
namespace {

TEST(CorpusTest, EachFile) {
  const std::vector<NamedFile> files = ReadFolder("tests/fuzz/corpus");
  ASSERT_FALSE(files.empty());
  for (const NamedFile& file : files) {
    SCOPED_TRACE(file.name);
    const std::optional<std::string> difference = PlayBytes(file.content);
    EXPECT_FALSE(difference.has_value()) << *difference;
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
