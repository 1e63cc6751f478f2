#include "tests/waker_model/kernel.h"

#include <cstdint>

namespace event_selector {
namespace testing {
namespace waker_model {
namespace {

void Insert(Sources& set, Sources source) {
  set = static_cast<Sources>(set | source);
}
void Erase(Sources& set, Sources source) {
  set = static_cast<Sources>(set & ~source);
}

}  // namespace

int Count(Sources sources) {
  int count = 0;
  for (const Sources source : kAllSources) {
    if ((sources & source) != 0) ++count;
  }
  return count;
}

bool Kernel::Write() {
  if (limit == 0) {
    counter = 1;
  } else if (counter == limit) {
    return false;
  } else {
    ++counter;
  }
  Insert(queued, registered & kEventfd);
  if (nested_watches != 0) {
    nested_queued = 1;
    Insert(queued, registered & kNested);
  }
  return true;
}

void Kernel::Register(Sources source, bool is_level) {
  Insert(registered, source);
  Erase(level, source);
  if (is_level) Insert(level, source);
  if (IsReady(source)) Insert(queued, source);
}

void Kernel::Delete(Sources source) {
  Erase(registered, source);
  Erase(level, source);
  Erase(queued, source);
}

void Kernel::WatchInNested() {
  nested_watches = 1;
  nested_queued = counter > 0 ? 1 : 0;
}

bool Kernel::Take(Sources source) {
  Erase(queued, source);
  // ep_eventpoll_poll looks through the nested ready list and drops from it
  // what is not ready any more.
  if (source == kNested && counter == 0) nested_queued = 0;
  if (!IsReady(source)) return false;
  Insert(queued, level & source);
  return true;
}

bool Kernel::IsReady(Sources source) const {
  if (source == kUser) return true;
  if (source == kNested && nested_queued == 0) return false;
  return counter > 0;
}

}  // namespace waker_model
}  // namespace testing
}  // namespace event_selector
