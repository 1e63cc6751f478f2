// Plays each file of tests/model/scripts/ on each backend.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/contract/backends.h"
#include "tests/model/runner.h"
#include "tests/model/script.h"
#include "tests/model/script_files.h"

namespace event_selector {
namespace testing {
namespace {

TEST(ReplayTest, EachScript) {
  const std::vector<NamedFile> files = ReadFolder("tests/model/scripts");
  ASSERT_FALSE(files.empty());
  for (const Backend& backend : AllBackendsUnderTest()) {
    SCOPED_TRACE(backend);
    Runner runner(CreateOf(backend), absl::Seconds(60));
    for (const NamedFile& file : files) {
      SCOPED_TRACE(file.name);
      const absl::StatusOr<Script> script = ParseScript(file.content);
      ASSERT_TRUE(script.ok()) << script.status();
      ASSERT_FALSE(script->empty());
      const RunResult result = runner.Run(*script);
      EXPECT_FALSE(result.difference.has_value()) << result.difference->message;
    }
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
