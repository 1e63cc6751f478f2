#include "benchmarks/drivers/driver_test.h"

#include <algorithm>
#include <cstdint>
#include <future>
#include <memory>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "benchmarks/driver.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/blocked_thread.h"
#include "tests/support/socket.h"

namespace benchmarks {

void PrintTo(const Contestant& contestant, std::ostream* out) {
  *out << contestant.name;
}

std::string ContestantName(const ::testing::TestParamInfo<Contestant>& info) {
  return info.param.name;
}

namespace {

using ::event_selector::Interest;
using ::event_selector::Mode;
using ::event_selector::testing::AwaitBlocked;
using ::event_selector::testing::CurrentThreadId;
using ::event_selector::testing::Drain;
using ::event_selector::testing::FillSendBuffer;
using ::event_selector::testing::MakeStreamPair;
using ::event_selector::testing::SendAll;
using ::event_selector::testing::SocketPair;
using ::event_selector::testing::ThreadId;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DriverTest);

// A driver, and a handler that notes what it is told and does no more.
class Recorder final : public Handler {
 public:
  explicit Recorder(const Contestant& contestant)
      : driver_(contestant.make()) {}

  Driver& driver() { return *driver_; }

  // What is ready now. Asks more than once: a turn may leave events to the next
  // one, and level-triggered ones come with each.
  std::vector<std::uint32_t> Ready() {
    indexes_.clear();
    for (int i = 0; i < 8; ++i) driver_->Turn(*this, Blocking::kNo);
    std::sort(indexes_.begin(), indexes_.end());
    indexes_.erase(std::unique(indexes_.begin(), indexes_.end()),
                   indexes_.end());
    return indexes_;
  }

  // How often each came with the turns that `Ready` takes.
  std::vector<std::uint32_t> EachEvent() {
    indexes_.clear();
    for (int i = 0; i < 8; ++i) driver_->Turn(*this, Blocking::kNo);
    return indexes_;
  }

 private:
  void OnReady(std::uint32_t index) override { indexes_.push_back(index); }

  const std::unique_ptr<Driver> driver_;
  std::vector<std::uint32_t> indexes_;
};

#define SKIP_WITHOUT(recorder, mode)               \
  if (!(recorder).driver().Supports(mode)) {       \
    GTEST_SKIP() << "does not support " << (mode); \
  }

TEST_P(DriverTest, LevelComesAgainAndAgain) {
  Recorder recorder(GetParam());
  SKIP_WITHOUT(recorder, Mode::kLevel);
  SocketPair a = MakeStreamPair();
  SocketPair b = MakeStreamPair();
  recorder.driver().Watch(a.a.handle(), 0, Interest::kReadable, Mode::kLevel);
  recorder.driver().Watch(b.a.handle(), 5, Interest::kReadable, Mode::kLevel);
  EXPECT_THAT(recorder.Ready(), IsEmpty());
  SendAll(b.b.handle(), "b");
  EXPECT_THAT(recorder.Ready(), ElementsAre(5));
  SendAll(a.b.handle(), "a");
  EXPECT_THAT(recorder.Ready(), ElementsAre(0, 5));
  EXPECT_GE(recorder.EachEvent().size(), 4u);
  Drain(b.a.handle());
  EXPECT_THAT(recorder.Ready(), ElementsAre(0));
  recorder.driver().Unwatch(a.a.handle(), 0);
  recorder.driver().Unwatch(b.a.handle(), 5);
}

TEST_P(DriverTest, EdgeComesOnceForEachChange) {
  Recorder recorder(GetParam());
  SKIP_WITHOUT(recorder, Mode::kEdge);
  SocketPair pair = MakeStreamPair();
  recorder.driver().Watch(pair.a.handle(), 1, Interest::kReadable, Mode::kEdge);
  EXPECT_THAT(recorder.EachEvent(), IsEmpty());
  SendAll(pair.b.handle(), "1");
  EXPECT_THAT(recorder.EachEvent(), ElementsAre(1));
  SendAll(pair.b.handle(), "2");
  EXPECT_THAT(recorder.EachEvent(), ElementsAre(1));
  recorder.driver().Unwatch(pair.a.handle(), 1);
}

TEST_P(DriverTest, OneshotComesOnceUntilRearmed) {
  for (const Mode mode : {Mode::kOneshot, Mode::kEdge | Mode::kOneshot}) {
    Recorder recorder(GetParam());
    SKIP_WITHOUT(recorder, mode);
    SocketPair pair = MakeStreamPair();
    const event_selector::Handle fd = pair.a.handle();
    recorder.driver().Watch(fd, 2, Interest::kReadable, mode);
    SendAll(pair.b.handle(), "1");
    EXPECT_THAT(recorder.EachEvent(), ElementsAre(2));
    SendAll(pair.b.handle(), "2");
    EXPECT_THAT(recorder.EachEvent(), IsEmpty());
    // Still readable: that is enough.
    recorder.driver().Rearm(fd, 2, Interest::kReadable, mode);
    EXPECT_THAT(recorder.EachEvent(), ElementsAre(2));
    Drain(fd);
    recorder.driver().Rearm(fd, 2, Interest::kReadable, mode);
    EXPECT_THAT(recorder.EachEvent(), IsEmpty());
    SendAll(pair.b.handle(), "3");
    EXPECT_THAT(recorder.EachEvent(), ElementsAre(2));
    recorder.driver().Unwatch(fd, 2);
  }
}

// As the workloads do it.
class RearmsAtOnce final : public Handler {
 public:
  RearmsAtOnce(Driver& driver, event_selector::Handle fd, int events)
      : driver_(driver), fd_(fd), left_(events) {}
  void OnReady(std::uint32_t index) override {
    EXPECT_EQ(index, 3u);
    driver_.Rearm(fd_, index, Interest::kReadable, Mode::kOneshot);
    if (--left_ == 0) driver_.Stop();
  }
  int left() const { return left_; }

 private:
  Driver& driver_;
  const event_selector::Handle fd_;
  int left_;
};

TEST_P(DriverTest, RearmsInTheHandler) {
  Recorder recorder(GetParam());
  SKIP_WITHOUT(recorder, Mode::kOneshot);
  SocketPair pair = MakeStreamPair();
  recorder.driver().Watch(pair.a.handle(), 3, Interest::kReadable,
                          Mode::kOneshot);
  SendAll(pair.b.handle(), "b");
  for (int i = 0; i < 3; ++i) {
    RearmsAtOnce handler(recorder.driver(), pair.a.handle(), 10);
    recorder.driver().Run(handler);
    EXPECT_EQ(handler.left(), 0);
  }
  Drain(pair.a.handle());
  EXPECT_THAT(recorder.Ready(), IsEmpty());
  recorder.driver().Unwatch(pair.a.handle(), 3);
}

TEST_P(DriverTest, ChangesTheInterest) {
  Recorder recorder(GetParam());
  const Mode mode = ModeOr(Mode::kLevel, recorder.driver());
  SocketPair pair = MakeStreamPair();
  const event_selector::Handle fd = pair.a.handle();
  recorder.driver().Watch(fd, 0, Interest::kReadable, mode);
  EXPECT_THAT(recorder.Ready(), IsEmpty());
  recorder.driver().Change(fd, 0, Interest::kWritable, mode);
  EXPECT_THAT(recorder.Ready(), ElementsAre(0));
  FillSendBuffer(fd);
  // What a ring has answered before may still come, once.
  recorder.Ready();
  EXPECT_THAT(recorder.Ready(), IsEmpty());
  SendAll(pair.b.handle(), "b");
  EXPECT_THAT(recorder.Ready(), IsEmpty());
  recorder.driver().Change(fd, 0, Interest::kReadable, mode);
  EXPECT_THAT(recorder.Ready(), ElementsAre(0));
  recorder.driver().Unwatch(fd, 0);
}

TEST_P(DriverTest, ChangesTheMode) {
  Recorder recorder(GetParam());
  SKIP_WITHOUT(recorder, Mode::kLevel);
  SKIP_WITHOUT(recorder, Mode::kOneshot);
  SocketPair pair = MakeStreamPair();
  const event_selector::Handle fd = pair.a.handle();
  SendAll(pair.b.handle(), "b");
  recorder.driver().Watch(fd, 0, Interest::kReadable, Mode::kLevel);
  EXPECT_GE(recorder.EachEvent().size(), 2u);
  recorder.driver().Change(fd, 0, Interest::kReadable, Mode::kOneshot);
  EXPECT_THAT(recorder.EachEvent(), ElementsAre(0));
  recorder.driver().Change(fd, 0, Interest::kReadable, Mode::kLevel);
  EXPECT_GE(recorder.EachEvent().size(), 2u);
  recorder.driver().Unwatch(fd, 0);
}

TEST_P(DriverTest, UnwatchedIsSilentAndItsIndexIsFree) {
  Recorder recorder(GetParam());
  const Mode mode = ModeOr(Mode::kLevel, recorder.driver());
  SocketPair pair = MakeStreamPair();
  const event_selector::Handle fd = pair.a.handle();
  SendAll(pair.b.handle(), "b");
  for (int i = 0; i < 3; ++i) {
    recorder.driver().Watch(fd, 0, Interest::kReadable, mode);
    EXPECT_THAT(recorder.Ready(), ElementsAre(0));
    recorder.driver().Unwatch(fd, 0);
    EXPECT_THAT(recorder.Ready(), IsEmpty());
    recorder.driver().Watch(fd, 0, Interest::kReadable, mode);
    recorder.driver().Unwatch(fd, 0);
    EXPECT_THAT(recorder.Ready(), IsEmpty());
  }
}

TEST_P(DriverTest, UnwatchingOneKeepsTheOthers) {
  Recorder recorder(GetParam());
  SKIP_WITHOUT(recorder, Mode::kLevel);
  std::vector<SocketPair> pairs;
  for (std::uint32_t i = 0; i < 3; ++i) {
    pairs.push_back(MakeStreamPair());
    recorder.driver().Watch(pairs[i].a.handle(), i, Interest::kReadable,
                            Mode::kLevel);
    SendAll(pairs[i].b.handle(), "b");
  }
  EXPECT_THAT(recorder.Ready(), ElementsAre(0, 1, 2));
  recorder.driver().Unwatch(pairs[0].a.handle(), 0);
  EXPECT_THAT(recorder.Ready(), ElementsAre(1, 2));
  recorder.driver().Unwatch(pairs[2].a.handle(), 2);
  EXPECT_THAT(recorder.Ready(), ElementsAre(1));
  recorder.driver().Watch(pairs[0].a.handle(), 0, Interest::kReadable,
                          Mode::kLevel);
  EXPECT_THAT(recorder.Ready(), ElementsAre(0, 1));
  Drain(pairs[1].a.handle());
  EXPECT_THAT(recorder.Ready(), ElementsAre(0));
  recorder.driver().Unwatch(pairs[1].a.handle(), 1);
  EXPECT_THAT(recorder.Ready(), ElementsAre(0));
  recorder.driver().Unwatch(pairs[0].a.handle(), 0);
}

// The number of a closed descriptor is that of the next one that is opened.
TEST_P(DriverTest, WatchesAReusedNumber) {
  Recorder recorder(GetParam());
  const Mode mode = ModeOr(Mode::kLevel, recorder.driver());
  for (int i = 0; i < 5; ++i) {
    SocketPair pair = MakeStreamPair();
    recorder.driver().Watch(pair.a.handle(), 0, Interest::kReadable, mode);
    SendAll(pair.b.handle(), "b");
    EXPECT_THAT(recorder.Ready(), ElementsAre(0));
    recorder.driver().Unwatch(pair.a.handle(), 0);
  }
}

TEST_P(DriverTest, LeavesDescriptorsOpen) {
  SocketPair pair = MakeStreamPair();
  for (int i = 0; i < 2; ++i) {
    Recorder recorder(GetParam());
    const Mode mode = ModeOr(Mode::kLevel, recorder.driver());
    recorder.driver().Watch(pair.a.handle(), 0, Interest::kReadable, mode);
  }
  SendAll(pair.b.handle(), "b");
  EXPECT_EQ(Drain(pair.a.handle()), "b");
}

TEST_P(DriverTest, AWakeEndsTheNextTurnThatWaits) {
  Recorder recorder(GetParam());
  for (int i = 0; i < 3; ++i) {
    recorder.driver().Wake();
    recorder.driver().Turn(recorder, Blocking::kYes);
  }
  EXPECT_THAT(recorder.Ready(), IsEmpty());
}

TEST_P(DriverTest, AWakeFromAnotherThreadEndsATurn) {
  Recorder recorder(GetParam());
  std::thread waker([&] { recorder.driver().Wake(); });
  recorder.driver().Turn(recorder, Blocking::kYes);
  waker.join();
}

TEST_P(DriverTest, AWakeEndsOneTurnOnly) {
  Recorder recorder(GetParam());
  recorder.driver().Wake();
  std::promise<ThreadId> id;
  std::thread waiter([&] {
    recorder.driver().Turn(recorder, Blocking::kYes);
    id.set_value(CurrentThreadId());
    recorder.driver().Turn(recorder, Blocking::kYes);
  });
  AwaitBlocked(id.get_future().get());
  recorder.driver().Wake();
  waiter.join();
}

TEST_P(DriverTest, AWakeHidesNoEvent) {
  Recorder recorder(GetParam());
  const Mode mode = ModeOr(Mode::kLevel, recorder.driver());
  SocketPair pair = MakeStreamPair();
  recorder.driver().Watch(pair.a.handle(), 4, Interest::kReadable, mode);
  SendAll(pair.b.handle(), "b");
  recorder.driver().Wake();
  EXPECT_THAT(recorder.Ready(), ElementsAre(4));
  recorder.driver().Unwatch(pair.a.handle(), 4);
}

}  // namespace
}  // namespace benchmarks
