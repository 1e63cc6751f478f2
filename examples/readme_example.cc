// The example of README.md: the text between the two marks is there word for
// word (//tests/docs sees to it).

// [begin]
#include <unistd.h>

#include <iostream>

#include "event/selector.h"

int main() {
  int ends[2];
  const auto selector = event_selector::Selector::Create();
  if (!selector.ok() || pipe(ends) != 0) return 1;
  const absl::Status added = (*selector)->Add(
      ends[0], event_selector::Token(7), event_selector::Interest::kReadable);
  if (!added.ok() || write(ends[1], "hello", 5) != 5) return 1;

  event_selector::Event events[64];
  const auto ready =
      (*selector)->Wait(absl::MakeSpan(events), absl::InfiniteDuration());
  if (!ready.ok()) return 1;
  for (const event_selector::Event& event : *ready) {
    std::cout << event << "\n";  // {token: 7, readable}
  }
}
// [end]
