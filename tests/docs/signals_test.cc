// Signals and children in a loop, as docs/guide.md shows them.

#include <signal.h>
#include <spawn.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/child_exit.h"
#include "event/event.h"
#include "event/selector.h"
#include "event/signal_set.h"
#include "event/token.h"
#include "event/token_map.h"
#include "gtest/gtest.h"

extern char** environ;

namespace {

// [begin signals: a loop that ends by a signal]
// Serves until SIGINT or SIGTERM comes.
absl::Status ServeUntilStopped(
    event_selector::Selector& selector,
    absl::FunctionRef<void(const event_selector::Event&)> handle,
    absl::FunctionRef<void()> read_configuration) {
  // Made before anything else that needs an orderly end.
  absl::StatusOr<event_selector::SignalSet> signals =
      event_selector::SignalSet::Create(selector, {SIGINT, SIGTERM, SIGHUP});
  if (!signals.ok()) return signals.status();
  event_selector::Event events[64];
  for (;;) {
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        selector.Wait(absl::MakeSpan(events), absl::InfiniteDuration());
    if (!ready.ok()) return ready.status();
    for (const event_selector::Event& event : *ready) handle(event);
    const event_selector::Signals came = signals->Take();
    if (came.contains(SIGHUP)) read_configuration();
    if (came.contains(SIGINT) || came.contains(SIGTERM)) {
      return absl::OkStatus();
    }
  }
}
// [end]

// [begin signals: children]
class Children {
 public:
  explicit Children(event_selector::Selector& selector) : selector_(selector) {}

  // Starts a command of the shell. The loop gets an event when it ends.
  absl::Status Start(std::string command) {
    char shell[] = "sh", option[] = "-c";
    char* const arguments[] = {shell, option, command.data(), nullptr};
    pid_t pid;
    const int error =
        posix_spawn(&pid, "/bin/sh", nullptr, nullptr, arguments, environ);
    if (error != 0) return absl::ErrnoToStatus(error, "posix_spawn");
    const event_selector::Token token = children_.Emplace();
    absl::StatusOr<event_selector::ChildExit> exit =
        event_selector::ChildExit::Watch(selector_, pid, token);
    if (!exit.ok()) {
      children_.Erase(token);
      return exit.status();
    }
    children_.Find(token)->exit =
        std::make_unique<event_selector::ChildExit>(*std::move(exit));
    return absl::OkStatus();
  }

  // For each event whose token is one of a child: how it ended.
  absl::StatusOr<event_selector::ExitStatus> OnEvent(
      const event_selector::Event& event) {
    Child* const child = children_.Find(event.token);
    if (child == nullptr) return absl::NotFoundError("not a child");
    const absl::StatusOr<event_selector::ExitStatus> status =
        child->exit->Reap();
    children_.Erase(event.token);
    return status;
  }

 private:
  struct Child {
    std::unique_ptr<event_selector::ChildExit> exit;
  };
  event_selector::Selector& selector_;
  event_selector::TokenMap<Child> children_;
};
// [end]

TEST(SignalsTest, ALoopEndsByASignal) {
  const auto selector = event_selector::Selector::Create().value();
  // Until the set is made. Whoever wakes the loop first sees to it that it is.
  signal(SIGHUP, SIG_IGN);
  std::atomic<int> readings{0};
  absl::Status status;
  std::thread loop([&] {
    status = ServeUntilStopped(
        *selector, [](const event_selector::Event&) {}, [&] { ++readings; });
  });
  while (readings == 0) kill(getpid(), SIGHUP);
  kill(getpid(), SIGTERM);
  loop.join();
  EXPECT_TRUE(status.ok()) << status;
  signal(SIGHUP, SIG_DFL);
}

TEST(SignalsTest, ChildrenEnd) {
  const auto selector = event_selector::Selector::Create().value();
  Children children(*selector);
  ASSERT_TRUE(children.Start("exit 3").ok());
  ASSERT_TRUE(children.Start("kill -KILL $$").ok());
  std::vector<event_selector::ExitStatus> ends;
  while (ends.size() < 2) {
    event_selector::Event events[4];
    const auto ready =
        selector->Wait(absl::MakeSpan(events), absl::InfiniteDuration());
    ASSERT_TRUE(ready.ok()) << ready.status();
    for (const event_selector::Event& event : *ready) {
      ends.push_back(children.OnEvent(event).value());
    }
  }
  if (ends[0].signal != 0) std::swap(ends[0], ends[1]);
  EXPECT_EQ(ends[0], (event_selector::ExitStatus{3, 0}));
  EXPECT_EQ(ends[1], (event_selector::ExitStatus{0, SIGKILL}));
}

}  // namespace
