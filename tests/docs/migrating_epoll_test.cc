// The same loop twice, as docs/migrating.md shows it: over epoll, and over a
// selector.

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"
#include "gtest/gtest.h"
#include "tests/support/socket.h"

namespace {

using event_selector::testing::AwaitReadable;
using event_selector::testing::Drain;
using event_selector::testing::MakeStreamPair;
using event_selector::testing::SendAll;
using event_selector::testing::Socket;
using event_selector::testing::SocketPair;

// [begin epoll by hand]
void OnReady(std::uint64_t name, std::uint32_t events);

int MakeEpoll(int socket, std::uint64_t name, int wake) {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  epoll_event event = {};
  event.events = EPOLLIN;
  event.data.u64 = name;
  epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
  event.data.u64 = 0;  // The name of the eventfd that stops the loop.
  epoll_ctl(epoll, EPOLL_CTL_ADD, wake, &event);
  return epoll;
}

void RunEpoll(int epoll) {
  epoll_event events[64];
  for (;;) {
    const int count = epoll_wait(epoll, events, 64, -1);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return;
    for (int i = 0; i < count; ++i) {
      if (events[i].data.u64 == 0) return;
      OnReady(events[i].data.u64, events[i].events);
    }
  }
}
// [end]

// [begin the same with a selector]
void OnReady(event_selector::Token token, event_selector::Readiness readiness);

absl::StatusOr<std::unique_ptr<event_selector::Selector>> MakeSelector(
    int socket, event_selector::Token token) {
  absl::StatusOr<std::unique_ptr<event_selector::Selector>> selector =
      event_selector::Selector::Create();
  if (!selector.ok()) return selector;
  const absl::Status added =
      (*selector)->Add(socket, token, event_selector::Interest::kReadable);
  if (!added.ok()) return added;
  return selector;
}

// `Close` stops it.
absl::Status RunSelector(event_selector::Selector& selector) {
  event_selector::Event events[64];
  for (;;) {
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        selector.Wait(absl::MakeSpan(events), absl::InfiniteDuration());
    if (!ready.ok()) return ready.status();
    for (const event_selector::Event& event : *ready) {
      OnReady(event.token, event.readiness);
    }
  }
}
// [end]

// The socket's name is its descriptor; what it brought is sent back.
void SendBack(int fd) { SendAll(fd, Drain(fd)); }

void OnReady(std::uint64_t name, std::uint32_t events) {
  EXPECT_EQ(events, EPOLLIN);
  SendBack(static_cast<int>(name));
}

void OnReady(event_selector::Token token, event_selector::Readiness readiness) {
  EXPECT_EQ(readiness, event_selector::Readiness::kReadable);
  SendBack(static_cast<int>(token.value()));
}

void ExpectAnswer(int fd) {
  SendAll(fd, "ping");
  ASSERT_TRUE(AwaitReadable(fd, absl::Seconds(120)));
  EXPECT_EQ(Drain(fd), "ping");
}

TEST(MigratingEpollTest, EpollByHand) {
  const SocketPair pair = MakeStreamPair();
  const Socket wake(eventfd(0, EFD_CLOEXEC));
  const Socket epoll(
      MakeEpoll(pair.a.handle(), pair.a.handle(), wake.handle()));
  std::thread loop([&] { RunEpoll(epoll.handle()); });
  ExpectAnswer(pair.b.handle());
  EXPECT_EQ(eventfd_write(wake.handle(), 1), 0);
  loop.join();
}

TEST(MigratingEpollTest, TheSameWithASelector) {
  const SocketPair pair = MakeStreamPair();
  const auto selector =
      MakeSelector(pair.a.handle(), event_selector::Token(pair.a.handle()))
          .value();
  std::thread loop(
      [&] { EXPECT_TRUE(absl::IsCancelled(RunSelector(*selector))); });
  ExpectAnswer(pair.b.handle());
  selector->Close();
  loop.join();
}

}  // namespace
