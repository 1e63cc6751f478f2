// Priorities by nesting, and standard input, as docs/guide.md shows them.

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/selector.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/pipe.h"
#include "tests/support/socket.h"

namespace {

using ::testing::ElementsAre;

// [begin nesting: a turn with priorities]
// What `urgent` knows `rest` by.
constexpr event_selector::Token kRest(1);

absl::Status WatchRest(event_selector::Selector& urgent,
                       event_selector::Selector& rest) {
  const absl::StatusOr<event_selector::Handle> descriptor = rest.descriptor();
  if (!descriptor.ok()) return descriptor.status();
  return urgent.Add(*descriptor, kRest, event_selector::Interest::kReadable);
}

// One turn: all that is urgent, then one batch of the rest.
absl::Status Turn(event_selector::Selector& urgent,
                  event_selector::Selector& rest,
                  absl::FunctionRef<void(const event_selector::Event&)> serve) {
  event_selector::Event events[64];
  const absl::StatusOr<absl::Span<event_selector::Event>> first =
      urgent.Wait(absl::MakeSpan(events), absl::InfiniteDuration());
  if (!first.ok()) return first.status();
  bool has_rest = false;
  for (const event_selector::Event& event : *first) {
    if (event.token == kRest) {
      has_rest = true;
    } else {
      serve(event);
    }
  }
  if (!has_rest) return absl::OkStatus();
  const absl::StatusOr<absl::Span<event_selector::Event>> batch =
      rest.Wait(absl::MakeSpan(events), absl::ZeroDuration());
  if (!batch.ok()) return batch.status();
  for (const event_selector::Event& event : *batch) serve(event);
  return absl::OkStatus();
}
// [end]

// [begin nesting: standard input]
// Standard input, whatever it is: a terminal, a pipe, a socket, a file or
// /dev/null. O_NONBLOCK is left as it is: after an event, one read of what is
// there does not block.
class Input {
 public:
  // Registers `descriptor` if it can be watched.
  absl::Status Open(event_selector::Selector& selector, int descriptor,
                    event_selector::Token token) {
    descriptor_ = descriptor;
    const absl::Status added =
        selector.Add(descriptor, token, event_selector::Interest::kReadable);
    is_always_ready_ = absl::IsUnimplemented(added);  // A file or a device.
    return is_always_ready_ ? absl::OkStatus() : added;
  }

  // Whether to read in each turn, and to wait with a timeout of zero meanwhile.
  bool is_always_ready() const { return is_always_ready_; }

  // What one read gives, to be called for an event (or in each turn). An error
  // of kOutOfRange is the end; call `Remove` then.
  absl::StatusOr<absl::string_view> Read() {
    const ssize_t size = read(descriptor_, buffer_, sizeof(buffer_));
    if (size > 0) {
      return absl::string_view(buffer_, static_cast<std::size_t>(size));
    }
    // EIO: a terminal that was hung up, or that of a session in the background.
    if (size == 0 || errno == EIO) return absl::OutOfRangeError("the end");
    // Somebody else has read it, or a signal came.
    if (errno == EAGAIN || errno == EINTR) return absl::string_view();
    return absl::ErrnoToStatus(errno, "read");
  }

 private:
  int descriptor_ = -1;
  bool is_always_ready_ = false;
  char buffer_[4096];
};
// [end]

class NestingTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!rest_->descriptor().ok()) {
      GTEST_SKIP() << rest_->name() << " cannot be nested";
    }
    ASSERT_TRUE(WatchRest(*urgent_, *rest_).ok());
  }

  void TakeTurn() {
    served_.clear();
    const auto serve = [this](const event_selector::Event& event) {
      served_.push_back(event.token.value());
    };
    EXPECT_TRUE(Turn(*urgent_, *rest_, serve).ok());
  }

  const std::unique_ptr<event_selector::Selector> urgent_ =
      event_selector::Selector::Create().value();
  const std::unique_ptr<event_selector::Selector> rest_ =
      event_selector::Selector::Create().value();
  std::vector<std::uint64_t> served_;
};

TEST_F(NestingTest, WhatIsUrgentComesBeforeEachBatch) {
  // Always ready, more than one span of them.
  std::vector<event_selector::testing::SocketPair> pairs;
  for (int i = 0; i < 100; ++i) {
    pairs.push_back(event_selector::testing::MakeStreamPair());
    ASSERT_TRUE(rest_
                    ->Add(pairs.back().a.handle(), event_selector::Token(100),
                          event_selector::Interest::kWritable)
                    .ok());
  }
  const event_selector::testing::SocketPair alarm =
      event_selector::testing::MakeStreamPair();
  ASSERT_TRUE(urgent_
                  ->Add(alarm.a.handle(), event_selector::Token(7),
                        event_selector::Interest::kReadable)
                  .ok());
  for (int turn = 0; turn < 3; ++turn) {
    TakeTurn();
    EXPECT_EQ(served_.size(), 64u);
    EXPECT_EQ(served_.front(), 100u);
  }
  event_selector::testing::SendAll(alarm.b.handle(), "x");
  TakeTurn();
  ASSERT_EQ(served_.size(), 65u);
  EXPECT_EQ(served_.front(), 7u);
}

TEST_F(NestingTest, AnUrgentHandleAloneNeedsNoSecondCall) {
  const event_selector::testing::SocketPair alarm =
      event_selector::testing::MakeStreamPair();
  ASSERT_TRUE(urgent_
                  ->Add(alarm.a.handle(), event_selector::Token(7),
                        event_selector::Interest::kWritable)
                  .ok());
  TakeTurn();
  EXPECT_THAT(served_, ElementsAre(7));
}

class InputTest : public testing::Test {
 protected:
  // Reads up to the end, as a loop would.
  std::string ReadAll(int descriptor) {
    Input input;
    EXPECT_TRUE(
        input.Open(*selector_, descriptor, event_selector::Token(1)).ok());
    was_always_ready_ = input.is_always_ready();
    std::string all;
    for (;;) {
      event_selector::Event events[4];
      const auto ready =
          selector_->Wait(absl::MakeSpan(events),
                          input.is_always_ready() ? absl::ZeroDuration()
                                                  : absl::InfiniteDuration());
      EXPECT_TRUE(ready.ok());
      const absl::StatusOr<absl::string_view> data = input.Read();
      if (!data.ok()) {
        EXPECT_TRUE(absl::IsOutOfRange(data.status())) << data.status();
        break;
      }
      all.append(data->data(), data->size());
    }
    if (!was_always_ready_) {
      EXPECT_TRUE(selector_->Remove(descriptor).ok());
    }
    return all;
  }

  const std::unique_ptr<event_selector::Selector> selector_ =
      event_selector::Selector::Create().value();
  bool was_always_ready_ = false;
};

TEST_F(InputTest, APipeThatBlocks) {
  event_selector::testing::Pipe pipe = event_selector::testing::MakePipe();
  ASSERT_EQ(fcntl(pipe.read_end.handle(), F_SETFL, 0), 0);
  event_selector::testing::WriteBytes(pipe.write_end.handle(), "some input");
  pipe.write_end.Close();
  EXPECT_EQ(ReadAll(pipe.read_end.handle()), "some input");
  EXPECT_FALSE(was_always_ready_);
}

TEST_F(InputTest, AFile) {
  std::FILE* const file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  ASSERT_EQ(std::fputs("some input", file), 1);
  std::rewind(file);
  EXPECT_EQ(ReadAll(fileno(file)), "some input");
  EXPECT_TRUE(was_always_ready_);
  std::fclose(file);
}

TEST_F(InputTest, NothingAtAll) {
  const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(null, 0);
  EXPECT_EQ(ReadAll(null), "");
  close(null);
}

TEST_F(InputTest, ATerminalThatIsHungUp) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) {
    GTEST_SKIP() << "no pseudo-terminals here";
  }
  const int terminal = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
  ASSERT_GE(terminal, 0);
  ASSERT_EQ(write(master, "some input\n", 11), 11);
  Input input;
  ASSERT_TRUE(input.Open(*selector_, terminal, event_selector::Token(1)).ok());
  event_selector::Event events[4];
  ASSERT_TRUE(
      selector_->Wait(absl::MakeSpan(events), absl::InfiniteDuration()).ok());
  EXPECT_EQ(input.Read().value_or(""), "some input\n");
  close(master);
  ASSERT_TRUE(
      selector_->Wait(absl::MakeSpan(events), absl::InfiniteDuration()).ok());
  EXPECT_TRUE(absl::IsOutOfRange(input.Read().status()));
  ASSERT_TRUE(selector_->Remove(terminal).ok());
  close(terminal);
}

}  // namespace
