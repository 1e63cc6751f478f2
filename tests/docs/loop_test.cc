// What a loop has besides sockets: timers, and work from other threads, as
// docs/guide.md shows them.

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mailbox.h"
#include "event/selector.h"
#include "event/timer_id.h"
#include "event/timer_queue.h"
#include "event/token.h"
#include "event/token_map.h"
#include "gtest/gtest.h"
#include "tests/support/socket.h"

namespace {

using event_selector::testing::MakeStreamPair;
using event_selector::testing::SendAll;
using event_selector::testing::SocketPair;

// [begin the clock]
std::chrono::nanoseconds Now() {
  return std::chrono::steady_clock::now().time_since_epoch();  // Never jumps.
}
// [end]

// [begin idle timeouts]
struct Client {
  int fd;
  event_selector::TimerId idle;
};

class Clients {
 public:
  Clients(event_selector::Selector& selector, std::chrono::nanoseconds patience)
      : selector_(selector), patience_(patience) {}

  absl::Status Add(int fd) {
    const event_selector::Token token = clients_.Insert(Client{fd, {}});
    absl::Status added =
        selector_.Add(fd, token, event_selector::Interest::kReadable);
    if (added.ok()) {
      const absl::StatusOr<event_selector::TimerId> idle =
          timers_.Add(Now() + patience_, token);
      if (idle.ok()) clients_.Find(token)->idle = *idle;
      added = idle.status();
    }
    if (!added.ok()) Close(token);
    return added;
  }

  // Serves them until all have gone.
  absl::Status Run() {
    event_selector::Event events[256];
    std::chrono::nanoseconds now = Now();
    while (!clients_.empty()) {
      const absl::StatusOr<absl::Span<event_selector::Event>> ready =
          selector_.Wait(absl::MakeSpan(events), timers_.UntilNext(now));
      if (!ready.ok()) return ready.status();
      now = Now();  // One reading for the whole turn.
      for (const event_selector::Event& event : *ready) {
        const Client* const client = clients_.Find(event.token);
        if (client == nullptr) continue;
        if (Receive(client->fd)) {
          timers_.Postpone(client->idle, now + patience_);
        } else {
          Close(event.token);
        }
      }
      while (const std::optional<event_selector::Token> idle =
                 timers_.PopDue(now)) {
        Close(*idle);
      }
    }
    return absl::OkStatus();
  }

 private:
  // Whether the client is still there.
  static bool Receive(int fd) {
    char chunk[4096];
    const ssize_t size = read(fd, chunk, sizeof(chunk));
    return size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR));
  }

  void Close(event_selector::Token token) {
    const Client* const client = clients_.Find(token);
    timers_.Cancel(client->idle);  // Does nothing if it has just come.
    selector_.Remove(client->fd).IgnoreError();
    close(client->fd);
    clients_.Erase(token);
  }

  event_selector::Selector& selector_;
  const std::chrono::nanoseconds patience_;
  event_selector::TokenMap<Client> clients_;
  event_selector::TimerQueue<event_selector::Token> timers_;
};
// [end]

TEST(LoopTest, AnIdleClientIsClosedAndOneThatLeftIsForgotten) {
  const auto selector = event_selector::Selector::Create().value();
  Clients clients(*selector, std::chrono::milliseconds(20));
  SocketPair idle = MakeStreamPair();
  SocketPair talks = MakeStreamPair();
  SocketPair leaves = MakeStreamPair();
  SendAll(talks.b.handle(), "hello");
  leaves.b.Close();
  const std::chrono::nanoseconds start = Now();
  ASSERT_TRUE(clients.Add(idle.a.Release()).ok());
  ASSERT_TRUE(clients.Add(talks.a.Release()).ok());
  ASSERT_TRUE(clients.Add(leaves.a.Release()).ok());
  EXPECT_TRUE(clients.Run().ok());
  EXPECT_GE(Now() - start, std::chrono::milliseconds(20));
  char byte;
  EXPECT_EQ(read(idle.b.handle(), &byte, 1), 0);
  EXPECT_LE(read(talks.b.handle(), &byte, 1), 0);
}

TEST(LoopTest, TenThousandTimersArePostponedAtOnce) {
  event_selector::TimerQueue<int> timers;
  std::vector<event_selector::TimerId> ids;
  for (int i = 0; i < 10'000; ++i) {
    ids.push_back(timers.Add(std::chrono::seconds(60), i).value());
  }
  for (const event_selector::TimerId id : ids) {
    EXPECT_TRUE(timers.Postpone(id, std::chrono::seconds(61)));
  }
  EXPECT_EQ(timers.PopDue(std::chrono::seconds(60)), std::nullopt);
  EXPECT_EQ(timers.PopDue(std::chrono::seconds(61)), 0);
}

// [begin work from other threads]
using Work = std::function<void()>;

absl::Status RunLoop(
    event_selector::Selector& selector,
    event_selector::TimerQueue<Work>& timers,
    event_selector::Mailbox<Work>& mailbox,
    const std::function<void(const event_selector::Event&)>& handle) {
  event_selector::Event events[256];
  std::vector<Work> work;  // Out here, so that its memory is used again.
  std::chrono::nanoseconds now = Now();
  for (;;) {
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        selector.Wait(absl::MakeSpan(events), timers.UntilNext(now));
    if (!ready.ok()) {
      return absl::IsCancelled(ready.status()) ? absl::OkStatus()
                                               : ready.status();
    }
    now = Now();
    for (const event_selector::Event& event : *ready) handle(event);
    while (const std::optional<Work> due = timers.PopDue(now)) (*due)();
    mailbox.TakeAll(work);
    for (const Work& each : work) each();
  }
}
// [end]

// [begin posting]
// In any thread. False: the loop will not do it, and `work` is as it was.
bool DoInLoop(event_selector::Mailbox<Work>& mailbox, Work& work) {
  const absl::Status posted = mailbox.Post(std::move(work));
  // kUnavailable: it is there, but the loop may sleep on (K4).
  return posted.ok() || absl::IsUnavailable(posted);
}

// By the loop at its end: what was accepted is done, what comes later refused.
void FinishWork(event_selector::Mailbox<Work>& mailbox) {
  mailbox.Close();
  std::vector<Work> rest;
  mailbox.TakeAll(rest);
  for (const Work& each : rest) each();
}
// [end]

void Ignore(const event_selector::Event& /*event*/) {}

TEST(LoopTest, TimersRunInTheirOrderAndNotEarly) {
  const auto selector = event_selector::Selector::Create().value();
  event_selector::Mailbox<Work> mailbox(*selector);
  event_selector::TimerQueue<Work> timers;
  std::vector<int> ran;
  const std::chrono::nanoseconds start = Now();
  const auto after = [&](std::chrono::milliseconds delay, Work work) {
    EXPECT_TRUE(timers.Add(Now() + delay, std::move(work)).ok());
  };
  after(std::chrono::milliseconds(20), [&] {
    ran.push_back(2);
    EXPECT_GE(Now() - start, std::chrono::milliseconds(20));
    after(std::chrono::milliseconds(1), [&] {
      ran.push_back(3);
      selector->Close();
    });
  });
  after(std::chrono::milliseconds(5), [&] { ran.push_back(1); });
  EXPECT_TRUE(RunLoop(*selector, timers, mailbox, Ignore).ok());
  EXPECT_EQ(ran, (std::vector<int>{1, 2, 3}));
  EXPECT_TRUE(timers.empty());
}

TEST(LoopTest, WorkFromOtherThreadsIsDoneByTheLoop) {
  const auto selector = event_selector::Selector::Create().value();
  event_selector::Mailbox<Work> mailbox(*selector);
  event_selector::TimerQueue<Work> timers;
  const std::thread::id loop = std::this_thread::get_id();
  int done = 0;  // The loop's own: no lock.
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 1'000; ++j) {
        Work work = [&] {
          EXPECT_EQ(std::this_thread::get_id(), loop);
          if (++done == 4'000) selector->Close();
        };
        EXPECT_TRUE(DoInLoop(mailbox, work));
      }
    });
  }
  EXPECT_TRUE(RunLoop(*selector, timers, mailbox, Ignore).ok());
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, 4'000);
}

TEST(LoopTest, AtTheEndWorkIsDoneOrRefused) {
  const auto selector = event_selector::Selector::Create().value();
  event_selector::Mailbox<Work> mailbox(*selector);
  int done = 0;
  Work early = [&] { ++done; };
  EXPECT_TRUE(DoInLoop(mailbox, early));
  selector->Close();
  Work late = [&] { ++done; };
  EXPECT_TRUE(DoInLoop(mailbox, late));
  FinishWork(mailbox);
  EXPECT_EQ(done, 2);
  Work refused = [&] { done = 100; };
  EXPECT_FALSE(DoInLoop(mailbox, refused));
  refused();
  EXPECT_EQ(done, 100);
}

}  // namespace
