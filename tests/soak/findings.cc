#include "tests/soak/findings.h"

#include <cstddef>
#include <cstdio>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace event_selector {
namespace soak {
namespace {

constexpr std::size_t kMost = 20;

}  // namespace

void Findings::Add(absl::string_view load, absl::string_view what) {
  const std::string line = absl::StrCat(load, ": ", what);
  std::lock_guard<std::mutex> lock(mutex_);
  is_empty_.store(false, std::memory_order_release);
  if (list_.size() >= kMost) return;
  list_.push_back(line);
  std::fprintf(stderr, "FOUND: %s\n", line.c_str());
}

std::vector<std::string> Findings::list() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return list_;
}

}  // namespace soak
}  // namespace event_selector
