// One operation of a selector, as often as asked for, for a tool that counts
// instructions:
//
//   operations selector|single_waiter OPERATION TIMES
//
// What happens besides is the same whatever TIMES is, so two runs differ by
// the operation alone. See count.py.

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/selector_options.h"
#include "event/token.h"
#include "tests/support/fatal.h"

namespace {

using ::event_selector::Event;
using ::event_selector::Handle;
using ::event_selector::Interest;
using ::event_selector::Mode;
using ::event_selector::Selector;
using ::event_selector::SelectorOptions;
using ::event_selector::Token;
using ::event_selector::testing::Die;
using ::event_selector::testing::DieOfError;

constexpr int kMostTimes = 600;
constexpr int kRoom = 256;

void Check(const absl::Status& status) {
  if (!status.ok()) Die(status.message());
}

// Eventfds, ready or not.
std::vector<Handle> MakeHandles(int count, bool are_ready) {
  std::vector<Handle> handles;
  for (int i = 0; i < count; ++i) {
    handles.push_back(eventfd(are_ready ? 1 : 0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (handles.back() < 0) DieOfError("eventfd", errno);
  }
  return handles;
}

void AddAll(Selector& selector, const std::vector<Handle>& handles) {
  for (const Handle handle : handles) {
    Check(selector.Add(handle, Token(7), Interest::kReadable, Mode::kLevel));
  }
}

// `handles` ready ones are registered.
void WaitFor(Selector& selector, int handles, int times) {
  AddAll(selector, MakeHandles(handles, /*are_ready=*/true));
  std::vector<Event> events(kRoom);
  for (int i = 0; i < times; ++i) {
    Check(selector.Wait(absl::MakeSpan(events), absl::ZeroDuration()).status());
  }
}

void Wake(Selector& selector, int times) {
  Check(selector.Wake());
  for (int i = 0; i < times; ++i) Check(selector.Wake());
}

void Add(Selector& selector, int times) {
  std::vector<Handle> handles =
      MakeHandles(kMostTimes + 1, /*are_ready=*/false);
  AddAll(selector, {handles.back()});
  handles.resize(static_cast<std::size_t>(times));
  AddAll(selector, handles);
}

void Modify(Selector& selector, int times) {
  const std::vector<Handle> handles = MakeHandles(1, /*are_ready=*/false);
  AddAll(selector, handles);
  for (int i = 0; i < times; ++i) {
    Check(selector.Modify(
        handles.front(), Token(7),
        i % 2 == 0 ? Interest::kWritable : Interest::kReadable, Mode::kEdge));
  }
}

void Remove(Selector& selector, int times) {
  std::vector<Handle> handles = MakeHandles(kMostTimes, /*are_ready=*/false);
  AddAll(selector, handles);
  handles.resize(static_cast<std::size_t>(times));
  for (const Handle handle : handles) Check(selector.Remove(handle));
}

void Run(Selector& selector, absl::string_view operation, int times) {
  if (operation == "wait_0") return WaitFor(selector, 0, times);
  if (operation == "wait_1") return WaitFor(selector, 1, times);
  if (operation == "wait_256") return WaitFor(selector, 256, times);
  if (operation == "wake_pending") return Wake(selector, times);
  if (operation == "add") return Add(selector, times);
  if (operation == "modify") return Modify(selector, times);
  if (operation == "remove") return Remove(selector, times);
  Die(absl::StrCat("no operation: ", operation));
}

}  // namespace

int main(int argc, char** argv) {
  int times = 0;
  if (argc != 4 || !absl::SimpleAtoi(argv[3], &times) || times < 1 ||
      times > kMostTimes) {
    Die("usage: operations selector|single_waiter OPERATION TIMES (1 to 600)");
  }
  SelectorOptions options;
  options.single_waiter = absl::string_view(argv[1]) == "single_waiter";
  const absl::StatusOr<std::unique_ptr<Selector>> selector =
      Selector::Create(options);
  Check(selector.status());
  Run(**selector, argv[2], times);
}
