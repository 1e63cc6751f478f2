// The public headers in a program without exceptions and run-time type
// information: the templates are instantiated here, a class is derived, and a
// `Wait` runs over the backend of the build.

#include <sys/types.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/capabilities.h"
#include "event/child_exit.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/histogram.h"
#include "event/instrumented_selector.h"
#include "event/interest.h"
#include "event/mailbox.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/scoped_registration.h"
#include "event/selector.h"
#include "event/selector_options.h"
#include "event/selector_statistics.h"
#include "event/signal_set.h"
#include "event/testing/selector_call.h"
#include "event/testing/simulated_faults.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulation.h"
#include "event/timer_queue.h"
#include "event/token.h"
#include "event/token_map.h"
#include "gtest/gtest.h"
#include "tests/support/socket.h"

#if defined(__cpp_exceptions) || defined(__cpp_rtti)
#error "to be compiled with -fno-exceptions -fno-rtti"
#endif

namespace {

using event_selector::Event;
using event_selector::Handle;
using event_selector::Interest;
using event_selector::Mode;
using event_selector::ScopedRegistration;
using event_selector::Selector;
using event_selector::Token;
using event_selector::testing::MakeStreamPair;
using event_selector::testing::SendAll;
using event_selector::testing::SocketPair;

// What a program derives: its decorators and mocks.
class Decorator : public Selector {
 public:
  explicit Decorator(std::unique_ptr<Selector> selector)
      : selector_(std::move(selector)) {}

  using Selector::Add;
  using Selector::Modify;
  absl::Status Add(Handle handle, Token token, Interest interest,
                   Mode mode) override {
    return selector_->Add(handle, token, interest, mode);
  }
  absl::Status Modify(Handle handle, Token token, Interest interest,
                      Mode mode) override {
    return selector_->Modify(handle, token, interest, mode);
  }
  absl::Status Remove(Handle handle) override {
    return selector_->Remove(handle);
  }
  absl::StatusOr<absl::Span<Event>> Wait(absl::Span<Event> events,
                                         absl::Duration timeout) override {
    return selector_->Wait(events, timeout);
  }
  absl::Status Wake() override { return selector_->Wake(); }
  void Close() override { selector_->Close(); }
  absl::string_view name() const override { return selector_->name(); }
  event_selector::Capabilities capabilities() const override {
    return selector_->capabilities();
  }

 private:
  const std::unique_ptr<Selector> selector_;
};

struct Client {
  explicit Client(SocketPair pair_in) : pair(std::move(pair_in)) {}

  SocketPair pair;
  ScopedRegistration registration;
};

TEST(NoExceptionsTest, ALoopRuns) {
  auto created = Selector::Create(event_selector::SelectorOptions());
  ASSERT_TRUE(created.ok()) << created.status();
  event_selector::InstrumentedSelector selector(
      std::make_unique<Decorator>(*std::move(created)));
  event_selector::TokenMap<Client> clients;
  const Token token = clients.Emplace(MakeStreamPair());
  Client& client = *clients.Find(token);
  auto added = ScopedRegistration::Add(selector, client.pair.a.handle(), token,
                                       Interest::kReadable);
  ASSERT_TRUE(added.ok()) << added.status();
  client.registration = *std::move(added);
  SendAll(client.pair.b.handle(), "hello");

  Event events[4];
  const auto ready =
      selector.Wait(absl::MakeSpan(events), absl::InfiniteDuration());
  ASSERT_TRUE(ready.ok()) << ready.status();
  ASSERT_EQ(ready->size(), 1u);
  EXPECT_EQ(ready->front().token, token);
  EXPECT_TRUE(ready->front().readiness.readable());
  for (const auto [erased, object] : clients) {
    EXPECT_EQ(&object, &client);
    EXPECT_TRUE(clients.Erase(erased));
  }

  const event_selector::SelectorStatistics counted = selector.statistics();
  EXPECT_EQ(counted.events, 1u);
  EXPECT_EQ(counted.removes, 1u);
  const event_selector::Histogram blocked = counted.blocked_ns;
  EXPECT_EQ(blocked.count(), 1u);
  std::ostringstream printed;
  printed << counted << *ready->begin();
  EXPECT_FALSE(printed.str().empty());
}

TEST(NoExceptionsTest, ATimerComes) {
  event_selector::TimerQueue<std::unique_ptr<int>> timers;
  const auto id = timers.Add(absl::Seconds(5), std::make_unique<int>(1));
  ASSERT_TRUE(id.ok()) << id.status();
  EXPECT_TRUE(timers.Postpone(*id, std::chrono::seconds(7)));
  EXPECT_EQ(timers.UntilNext(absl::Seconds(5)), absl::Seconds(2));
  EXPECT_TRUE(timers.PopDue(absl::Seconds(7)).has_value());
  EXPECT_FALSE(timers.Cancel(*id));
}

TEST(NoExceptionsTest, AnItemIsPosted) {
  auto selector = Selector::Create();
  ASSERT_TRUE(selector.ok()) << selector.status();
  event_selector::Mailbox<std::unique_ptr<int>> mailbox(**selector);
  EXPECT_TRUE(mailbox.Post(std::make_unique<int>(1)).ok());
  Event event[1];
  EXPECT_TRUE(
      (*selector)->Wait(absl::MakeSpan(event), absl::InfiniteDuration()).ok());
  std::vector<std::unique_ptr<int>> items;
  mailbox.TakeAll(items);
  EXPECT_EQ(items.size(), 1u);
}

TEST(NoExceptionsTest, ASignalComes) {
  const auto selector = Selector::Create();
  ASSERT_TRUE(selector.ok()) << selector.status();
  auto signals = event_selector::SignalSet::Create(**selector, {SIGTERM});
  ASSERT_TRUE(signals.ok()) << signals.status();
  std::raise(SIGTERM);
  Event events[4];
  EXPECT_TRUE(
      (*selector)->Wait(absl::MakeSpan(events), absl::InfiniteDuration()).ok());
  EXPECT_TRUE(signals->Take().contains(SIGTERM));
}

TEST(NoExceptionsTest, AChildEnds) {
  const auto selector = Selector::Create();
  ASSERT_TRUE(selector.ok()) << selector.status();
  const pid_t pid = fork();
  if (pid == 0) _exit(5);
  auto child = event_selector::ChildExit::Watch(**selector, pid, Token(1));
  ASSERT_TRUE(child.ok()) << child.status();
  Event events[4];
  const auto ready =
      (*selector)->Wait(absl::MakeSpan(events), absl::InfiniteDuration());
  ASSERT_TRUE(ready.ok()) << ready.status();
  ASSERT_EQ(ready->size(), 1u);
  const auto status = child->Reap();
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->exit_code, 5);
}

TEST(NoExceptionsTest, AnErrorIsAStatus) {
  const auto selector = Selector::Create();
  ASSERT_TRUE(selector.ok()) << selector.status();
  EXPECT_TRUE(absl::IsInvalidArgument((*selector)->Add(
      event_selector::kInvalidHandle, Token(1), Interest::kReadable)));
  EXPECT_TRUE(absl::IsInvalidArgument(
      (*selector)->Wait({}, absl::ZeroDuration()).status()));
}

TEST(NoExceptionsTest, ASimulationRuns) {
  event_selector::testing::Simulation simulation;
  event_selector::testing::SimulatedSelector selector(simulation);
  event_selector::testing::SimulatedFaults faults;
  faults.short_batch = 0.5;
  selector.SetFaults(faults);
  const Handle handle = simulation.MakeHandle();
  ASSERT_TRUE(selector.Add(handle, Token(1), Interest::kReadable).ok());
  simulation.After(absl::Hours(1), [&] {
    simulation.SetReadiness(handle, event_selector::Readiness::kReadable);
  });
  Event events[4];
  const auto ready =
      selector.Wait(absl::MakeSpan(events), absl::InfiniteDuration());
  ASSERT_TRUE(ready.ok()) << ready.status();
  EXPECT_EQ(ready->size(), 1u);
  const event_selector::testing::SelectorCall last = selector.calls().back();
  EXPECT_EQ(last.kind, event_selector::testing::SelectorCall::Kind::kWait);
  EXPECT_EQ(last.time, absl::Hours(1));
}

}  // namespace
