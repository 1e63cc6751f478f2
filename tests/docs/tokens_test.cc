// Tokens and the life of what they name, as docs/guide.md shows them.

#include <unistd.h>

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/scoped_registration.h"
#include "event/selector.h"
#include "event/token.h"
#include "event/token_map.h"
#include "gtest/gtest.h"
#include "tests/docs/error_queue.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace {

using event_selector::testing::Duplicate;
using event_selector::testing::HangUp;
using event_selector::testing::MakeStreamPair;
using event_selector::testing::SendAll;
using event_selector::testing::Socket;
using event_selector::testing::SocketPair;

// [begin tokens: one side of a proxy]
// One side of a proxied connection. The end of either is the end of both.
struct Side {
  int fd;
  event_selector::Token other;
};
using Sides = event_selector::TokenMap<Side>;

absl::StatusOr<event_selector::Token> AddSide(
    event_selector::Selector& selector, Sides& sides, int fd) {
  const event_selector::Token token = sides.Insert(Side{fd, {}});
  const absl::Status added =
      selector.Add(fd, token, event_selector::Interest::kReadable);
  if (added.ok()) return token;
  sides.Erase(token);
  return added;
}

void CloseSide(event_selector::Selector& selector, Sides& sides,
               event_selector::Token token) {
  const Side* const side = sides.Find(token);
  if (side == nullptr) return;
  selector.Remove(side->fd).IgnoreError();  // First Remove,
  close(side->fd);                          // then close,
  sides.Erase(token);                       // then forget the token.
}
// [end]

// [begin tokens: all of them]
void CloseAll(event_selector::Selector& selector, Sides& sides) {
  for (const auto [token, side] : sides) CloseSide(selector, sides, token);
}
// [end]

// [begin closing by scope]
// The registration stands behind the socket, so it ends before the socket is
// closed: members are destroyed from the last to the first.
struct Client {
  Socket socket;
  event_selector::ScopedRegistration registration;
};
using Clients = event_selector::TokenMap<Client>;

absl::StatusOr<event_selector::Token> AddClient(
    event_selector::Selector& selector, Clients& clients, Socket socket) {
  const event_selector::Token token =
      clients.Insert(Client{std::move(socket), {}});
  Client& client = *clients.Find(token);
  absl::StatusOr<event_selector::ScopedRegistration> added =
      event_selector::ScopedRegistration::Add(
          selector, client.socket.handle(), token,
          event_selector::Interest::kReadable);
  if (added.ok()) {
    client.registration = *std::move(added);
    return token;
  }
  clients.Erase(token);
  return added.status();
}
// [end]

// [begin tokens: a stale event in the same batch]
void Handle(event_selector::Selector& selector, Sides& sides,
            absl::Span<const event_selector::Event> events) {
  for (const event_selector::Event& event : events) {
    const Side* const side = sides.Find(event.token);
    // Both sides may have ended in one batch; the first event closed both.
    if (side == nullptr) continue;
    if (event.readiness.hangup() ||
        (event.readiness.error() && HasFailed(side->fd))) {
      const event_selector::Token other = side->other;
      CloseSide(selector, sides, event.token);
      CloseSide(selector, sides, other);
    }
  }
}
// [end]

class TokensTest : public testing::Test {
 protected:
  std::vector<event_selector::Event> Ready() {
    event_selector::Event events[8];
    const auto ready =
        selector_->Wait(absl::MakeSpan(events), absl::ZeroDuration());
    EXPECT_TRUE(ready.ok()) << ready.status();
    return {ready->begin(), ready->end()};
  }

  std::unique_ptr<event_selector::Selector> selector_ =
      event_selector::Selector::Create().value();
};

TEST_F(TokensTest, AStaleEventFindsNothing) {
  SocketPair left = MakeStreamPair();
  SocketPair right = MakeStreamPair();
  Sides sides;
  const int left_fd = left.a.Release();
  const int right_fd = right.a.Release();
  const event_selector::Token left_token =
      AddSide(*selector_, sides, left_fd).value();
  const event_selector::Token right_token =
      AddSide(*selector_, sides, right_fd).value();
  sides.Find(left_token)->other = right_token;
  sides.Find(right_token)->other = left_token;

  HangUp(std::move(left.b));
  HangUp(std::move(right.b));
  const std::vector<event_selector::Event> events = Ready();
  ASSERT_EQ(events.size(), 2u);
  Handle(*selector_, sides, events);
  EXPECT_TRUE(sides.empty());
  // Each was closed, and once: their numbers are free again.
  EXPECT_TRUE(absl::IsInvalidArgument(selector_->Remove(left_fd)));
  EXPECT_TRUE(absl::IsInvalidArgument(selector_->Remove(right_fd)));

  // What comes next in the same place has another token.
  const SocketPair next = MakeStreamPair();
  const event_selector::Token next_token =
      AddSide(*selector_, sides, next.a.handle()).value();
  EXPECT_NE(next_token, left_token);
  EXPECT_EQ(sides.Find(left_token), nullptr);
}

TEST_F(TokensTest, WhatCannotBeAddedIsForgotten) {
  const SocketPair pair = MakeStreamPair();
  Sides sides;
  ASSERT_TRUE(AddSide(*selector_, sides, pair.a.handle()).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(
      AddSide(*selector_, sides, pair.a.handle()).status()));
  EXPECT_EQ(sides.size(), 1u);
}

TEST_F(TokensTest, AllAreClosed) {
  SocketPair pair = MakeStreamPair();
  Sides sides;
  const int fds[] = {pair.a.Release(), pair.b.Release()};
  for (const int fd : fds) ASSERT_TRUE(AddSide(*selector_, sides, fd).ok());
  CloseAll(*selector_, sides);
  EXPECT_TRUE(sides.empty());
  for (const int fd : fds) {
    EXPECT_TRUE(absl::IsInvalidArgument(selector_->Remove(fd)));
  }
}

TEST_F(TokensTest, AClientEndsWithItsRegistration) {
  SocketPair pair = MakeStreamPair();
  const Socket duplicate = Duplicate(pair.a.handle());
  const int fd = pair.a.handle();
  Clients clients;
  const auto token = AddClient(*selector_, clients, std::move(pair.a));
  ASSERT_TRUE(token.ok()) << token.status();
  SendAll(pair.b.handle(), "hello");
  ASSERT_EQ(Ready().size(), 1u);
  EXPECT_EQ(Ready()[0].token, *token);
  EXPECT_TRUE(clients.Erase(*token));
  EXPECT_TRUE(absl::IsInvalidArgument(selector_->Remove(fd)));
  EXPECT_TRUE(Ready().empty()) << "the duplicate goes on";
}

TEST_F(TokensTest, AClientThatCannotBeAddedIsClosed) {
  SocketPair pair = MakeStreamPair();
  const int fd = pair.a.handle();
  Clients clients;
  ASSERT_TRUE(
      selector_
          ->Add(fd, event_selector::Token(1), event_selector::Interest::kNone)
          .ok());
  EXPECT_TRUE(absl::IsAlreadyExists(
      AddClient(*selector_, clients, std::move(pair.a)).status()));
  EXPECT_TRUE(clients.empty());
  EXPECT_TRUE(absl::IsInvalidArgument(selector_->Remove(fd)));
}

// Why Remove comes before close: with a duplicate, closing is not enough. (What
// is reported after it differs from one system to the other.)
TEST_F(TokensTest, RemoveEndsItAlthoughADuplicateIsOpen) {
  SocketPair pair = MakeStreamPair();
  const Socket duplicate = Duplicate(pair.a.handle());
  Sides sides;
  const event_selector::Token token =
      AddSide(*selector_, sides, pair.a.Release()).value();
  CloseSide(*selector_, sides, token);
  SendAll(pair.b.handle(), "for the duplicate");
  EXPECT_TRUE(Ready().empty());
}

}  // namespace
