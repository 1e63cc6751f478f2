#include "tests/model/script_files.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tests/support/fatal.h"

namespace event_selector {
namespace testing {
namespace {

// Bazel's folder for the data of the test. `bazel test` starts it there.
std::filesystem::path Root() {
  const char* root = std::getenv("TEST_SRCDIR");
  const char* workspace = std::getenv("TEST_WORKSPACE");
  if (root == nullptr || workspace == nullptr) return ".";
  return std::filesystem::path(root) / workspace;
}

}  // namespace

std::vector<NamedFile> ReadFolder(absl::string_view folder) {
  std::vector<NamedFile> files;
  const std::filesystem::path path = Root() / std::string(folder);
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    std::ifstream file(entry.path(), std::ios::binary);
    if (!file) Die(absl::StrCat(entry.path().string(), " cannot be read"));
    files.push_back({entry.path().filename().string(),
                     std::string(std::istreambuf_iterator<char>(file), {})});
  }
  std::sort(
      files.begin(), files.end(),
      [](const NamedFile& a, const NamedFile& b) { return a.name < b.name; });
  return files;
}

}  // namespace testing
}  // namespace event_selector
