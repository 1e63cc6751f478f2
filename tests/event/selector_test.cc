#include "event/selector.h"

#include <memory>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/event/mock_selector.h"

namespace event_selector {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::Return;

static_assert(std::is_abstract<Selector>::value, "");
static_assert(std::has_virtual_destructor<Selector>::value, "");
static_assert(!std::is_copy_constructible<Selector>::value, "");
static_assert(!std::is_copy_assignable<Selector>::value, "");
static_assert(!std::is_move_assignable<Selector>::value, "");

// A decorator as a user would write it: forwards every call, and counts the
// registrations.
class CountingSelector : public Selector {
 public:
  explicit CountingSelector(Selector& selector) : selector_(selector) {}

  using Selector::Add;
  absl::Status Add(Handle handle, Token token, Interest interest,
                   Mode mode) override {
    absl::Status status = selector_.Add(handle, token, interest, mode);
    registered_ += status.ok();
    return status;
  }
  absl::Status Modify(Handle handle, Token token, Interest interest,
                      Mode mode) override {
    return selector_.Modify(handle, token, interest, mode);
  }
  absl::Status Remove(Handle handle) override {
    absl::Status status = selector_.Remove(handle);
    registered_ -= status.ok();
    return status;
  }
  absl::StatusOr<absl::Span<Event>> Wait(absl::Span<Event> events,
                                         absl::Duration timeout) override {
    return selector_.Wait(events, timeout);
  }
  absl::Status Wake() override { return selector_.Wake(); }
  void Close() override { selector_.Close(); }
  absl::string_view name() const override { return selector_.name(); }
  Capabilities capabilities() const override {
    return selector_.capabilities();
  }

  int registered() const { return registered_; }

 private:
  Selector& selector_;
  int registered_ = 0;
};

// Whether `Arguments` (and nothing else) can be passed to `Modify`.
template <typename Void, typename... Arguments>
struct CanModifyWith : std::false_type {};
template <typename... Arguments>
struct CanModifyWith<std::void_t<decltype(std::declval<Selector&>().Modify(
                         std::declval<Arguments>()...))>,
                     Arguments...> : std::true_type {};

// A form without a mode would have to choose one, and so would change that of
// an edge-triggered or a oneshot registration behind the caller's back.
static_assert(CanModifyWith<void, Handle, Token, Interest, Mode>::value, "");
static_assert(!CanModifyWith<void, Handle, Token, Interest>::value, "");

constexpr Handle kHandle = 3;
constexpr Token kToken(7);

TEST(SelectorTest, TheShortFormOfAddMeansLevel) {
  MockSelector mock;
  Selector& selector = mock;
  EXPECT_CALL(mock, Add(kHandle, kToken, Interest::kReadable, Mode::kLevel))
      .WillOnce(Return(absl::AlreadyExistsError("Add")));
  EXPECT_EQ(selector.Add(kHandle, kToken, Interest::kReadable),
            absl::AlreadyExistsError("Add"));
}

TEST(SelectorTest, TheShortFormOfAddCanBeCalledOnADerivedClass) {
  MockSelector mock;
  EXPECT_CALL(mock, Add(kHandle, kToken, Interest::kReadable, Mode::kLevel))
      .WillOnce(Return(absl::OkStatus()));
  EXPECT_TRUE(mock.Add(kHandle, kToken, Interest::kReadable).ok());
}

TEST(SelectorTest, TheLongFormsPassTheMode) {
  MockSelector mock;
  Selector& selector = mock;
  constexpr Mode kMode = Mode::kEdge | Mode::kOneshot;
  EXPECT_CALL(mock, Add(kHandle, kToken, Interest::kNone, kMode))
      .WillOnce(Return(absl::OkStatus()));
  EXPECT_CALL(mock, Modify(kHandle, kToken, Interest::kNone, Mode::kEdge))
      .WillOnce(Return(absl::OkStatus()));
  EXPECT_TRUE(selector.Add(kHandle, kToken, Interest::kNone, kMode).ok());
  EXPECT_TRUE(
      selector.Modify(kHandle, kToken, Interest::kNone, Mode::kEdge).ok());
}

TEST(SelectorTest, AMockReportsWhatATestWants) {
  MockSelector mock;
  Selector& selector = mock;
  EXPECT_CALL(mock, Wait(_, absl::Seconds(1)))
      .WillOnce([](absl::Span<Event> events, absl::Duration) {
        events[0] = Event{kToken, Readiness::kReadable};
        return events.first(1);
      })
      .WillOnce(Return(absl::CancelledError("closed")));

  Event events[4];
  const absl::StatusOr<absl::Span<Event>> ready =
      selector.Wait(absl::MakeSpan(events), absl::Seconds(1));
  ASSERT_TRUE(ready.ok());
  EXPECT_THAT(*ready, ElementsAre(Event{kToken, Readiness::kReadable}));
  EXPECT_EQ(ready->data(), events);
  EXPECT_EQ(
      selector.Wait(absl::MakeSpan(events), absl::Seconds(1)).status().code(),
      absl::StatusCode::kCancelled);
}

TEST(SelectorTest, ADecoratorFitsOverAnySelector) {
  MockSelector mock;
  CountingSelector counting(mock);
  Selector& selector = counting;
  EXPECT_CALL(mock, Add(kHandle, kToken, Interest::kReadable, Mode::kLevel))
      .WillOnce(Return(absl::OkStatus()))
      .WillOnce(Return(absl::AlreadyExistsError("")));
  EXPECT_CALL(mock, Modify(kHandle, kToken, Interest::kNone, Mode::kLevel))
      .WillOnce(Return(absl::OkStatus()));
  EXPECT_CALL(mock, Remove(kHandle)).WillOnce(Return(absl::OkStatus()));
  EXPECT_CALL(mock, Wake).WillOnce(Return(absl::OkStatus()));
  EXPECT_CALL(mock, Close);
  EXPECT_CALL(mock, name).WillOnce(Return("mock"));

  EXPECT_TRUE(selector.Add(kHandle, kToken, Interest::kReadable).ok());
  EXPECT_FALSE(counting.Add(kHandle, kToken, Interest::kReadable).ok());
  EXPECT_EQ(counting.registered(), 1);
  EXPECT_TRUE(
      counting.Modify(kHandle, kToken, Interest::kNone, Mode::kLevel).ok());
  EXPECT_TRUE(selector.Remove(kHandle).ok());
  EXPECT_EQ(counting.registered(), 0);
  EXPECT_TRUE(selector.Wake().ok());
  selector.Close();
  EXPECT_EQ(selector.name(), "mock");
}

TEST(SelectorTest, IsDestroyedThroughTheInterface) {
  class Farewell final : public CountingSelector {
   public:
    Farewell(Selector& selector, bool& destroyed)
        : CountingSelector(selector), destroyed_(destroyed) {}
    ~Farewell() override { destroyed_ = true; }

   private:
    bool& destroyed_;
  };

  MockSelector mock;
  bool destroyed = false;
  std::unique_ptr<Selector> selector =
      std::make_unique<Farewell>(mock, destroyed);
  selector.reset();
  EXPECT_TRUE(destroyed);
}

TEST(CapabilitiesTest, SaysNothingByDefault) {
  const Capabilities capabilities;
  EXPECT_EQ(capabilities.interests, Interest::kNone);
  EXPECT_EQ(capabilities.modes, Mode::kLevel);
  EXPECT_EQ(capabilities.timeout_resolution, absl::ZeroDuration());
  EXPECT_FALSE(capabilities.hangup_without_interest);
}

TEST(HandleTest, TheInvalidHandleIsMinusOne) {
  static_assert(kInvalidHandle == static_cast<Handle>(-1), "");
#if !defined(_WIN32)
  static_assert(std::is_same<Handle, int>::value, "");
#endif
}

}  // namespace
}  // namespace event_selector
