// What takes the place of other libraries' calls, as docs/migrating.md shows
// it.

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"
#include "event/token_map.h"
#include "gtest/gtest.h"
#include "tests/support/socket.h"

namespace {

using event_selector::testing::Drain;
using event_selector::testing::MakeStreamPair;
using event_selector::testing::SendAll;
using event_selector::testing::SocketPair;

// [begin callbacks]
// Calls a function for each event. One thread uses it.
class Callbacks {
 public:
  using Callback = std::function<void(event_selector::Readiness)>;

  explicit Callbacks(event_selector::Selector& selector)
      : selector_(selector) {}

  absl::StatusOr<event_selector::Token> Watch(event_selector::Handle handle,
                                              event_selector::Interest interest,
                                              Callback callback) {
    const event_selector::Token token = callbacks_.Insert(
        std::make_shared<const Callback>(std::move(callback)));
    const absl::Status added = selector_.Add(handle, token, interest);
    if (added.ok()) return token;
    callbacks_.Erase(token);
    return added;
  }

  void Unwatch(event_selector::Handle handle, event_selector::Token token) {
    selector_.Remove(handle).IgnoreError();
    callbacks_.Erase(token);
  }

  absl::Status RunOnce(absl::Duration timeout) {
    event_selector::Event events[64];
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        selector_.Wait(absl::MakeSpan(events), timeout);
    if (!ready.ok()) return ready.status();
    for (const event_selector::Event& event : *ready) {
      const auto* const found = callbacks_.Find(event.token);
      if (found == nullptr) continue;  // An earlier callback has ended it.
      // Kept while it runs: it may end itself.
      const std::shared_ptr<const Callback> callback = *found;
      (*callback)(event.readiness);
    }
    return absl::OkStatus();
  }

 private:
  event_selector::Selector& selector_;
  event_selector::TokenMap<std::shared_ptr<const Callback>> callbacks_;
};
// [end]

// [begin wait once]
// As Asio's async_wait does: one event, then nothing until it is asked again.
absl::Status WaitOnce(event_selector::Selector& selector,
                      event_selector::Handle handle,
                      event_selector::Token token,
                      event_selector::Interest interest) {
  const absl::Status again =
      selector.Modify(handle, token, interest, event_selector::Mode::kOneshot);
  if (!absl::IsNotFound(again)) return again;
  return selector.Add(handle, token, interest, event_selector::Mode::kOneshot);
}
// [end]

TEST(MigratingTest, CallbacksAreCalledUntilTheyEndThemselves) {
  const auto selector = event_selector::Selector::Create().value();
  Callbacks callbacks(*selector);
  const SocketPair pair = MakeStreamPair();
  const event_selector::Handle handle = pair.a.handle();
  std::string received;
  event_selector::Token token;
  const auto watched =
      callbacks.Watch(handle, event_selector::Interest::kReadable,
                      [&](event_selector::Readiness readiness) {
                        EXPECT_TRUE(readiness.readable());
                        received += Drain(handle);
                        if (received == "first second")
                          callbacks.Unwatch(handle, token);
                      });
  ASSERT_TRUE(watched.ok()) << watched.status();
  token = *watched;
  for (const char* words : {"first ", "second"}) {
    SendAll(pair.b.handle(), words);
    ASSERT_TRUE(callbacks.RunOnce(absl::Seconds(120)).ok());
  }
  SendAll(pair.b.handle(), "third");
  ASSERT_TRUE(callbacks.RunOnce(absl::ZeroDuration()).ok());
  EXPECT_EQ(received, "first second");
}

TEST(MigratingTest, ACallbackMayEndAnotherOfTheSameBatch) {
  const auto selector = event_selector::Selector::Create().value();
  Callbacks callbacks(*selector);
  const SocketPair pairs[2] = {MakeStreamPair(), MakeStreamPair()};
  event_selector::Token tokens[2];
  int calls = 0;
  for (int i = 0; i < 2; ++i) {
    const auto watched = callbacks.Watch(
        pairs[i].a.handle(), event_selector::Interest::kReadable,
        [&, i](event_selector::Readiness) {
          ++calls;
          callbacks.Unwatch(pairs[1 - i].a.handle(), tokens[1 - i]);
        });
    ASSERT_TRUE(watched.ok()) << watched.status();
    tokens[i] = *watched;
    SendAll(pairs[i].b.handle(), "both");
  }
  ASSERT_TRUE(callbacks.RunOnce(absl::Seconds(120)).ok());
  EXPECT_EQ(calls, 1);
}

TEST(MigratingTest, WaitOnceReportsOnceEachTime) {
  const auto selector = event_selector::Selector::Create().value();
  const SocketPair pair = MakeStreamPair();
  SendAll(pair.b.handle(), "unread");
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(WaitOnce(*selector, pair.a.handle(), event_selector::Token(1),
                         event_selector::Interest::kReadable)
                    .ok());
    event_selector::Event events[8];
    auto ready = selector->Wait(absl::MakeSpan(events), absl::Seconds(120));
    ASSERT_TRUE(ready.ok());
    EXPECT_EQ(ready->size(), 1u);
    ready = selector->Wait(absl::MakeSpan(events), absl::ZeroDuration());
    ASSERT_TRUE(ready.ok());
    EXPECT_TRUE(ready->empty());
  }
}

}  // namespace
