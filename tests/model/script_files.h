#ifndef TESTS_MODEL_SCRIPT_FILES_H_
#define TESTS_MODEL_SCRIPT_FILES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace event_selector {
namespace testing {

struct NamedFile {
  std::string name;  // Without its folder.
  std::string content;
};

// The files of `folder`, a path from the root of the workspace, in the order of
// their names. They must be data of the test that calls this. Aborts where a
// file cannot be read.
std::vector<NamedFile> ReadFolder(absl::string_view folder);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_MODEL_SCRIPT_FILES_H_
