// R9 and W6 of the contract: many threads on one selector.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/waiting_thread.h"
#include "tests/support/socket.h"
#include "tests/support/wine.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int kThreads = 4;

class ThreadsContract : public ContractTest {
 protected:
  void SetUp() override {
    if (!TakesAnyThread()) EVENT_NOT_APPLICABLE("see single_waiter_test.cc");
  }

  // Runs `work(thread's number)` in several threads and waits for their end.
  template <typename Work>
  static void RunThreads(int count, const Work& work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
    for (std::thread& thread : threads) thread.join();
  }

  // Calls `handle_event` for each event, until `done()` after a wake-up.
  template <typename Done, typename HandleEvent>
  void WaitUntil(const Done& done, const HandleEvent& handle_event) {
    std::vector<Event> room(8);
    while (!done()) {
      const absl::StatusOr<absl::Span<Event>> ready =
          selector().Wait(absl::MakeSpan(room), kForSure);
      ASSERT_THAT(ready.status(), IsOk());
      for (const Event& event : *ready) handle_event(event);
    }
    // One wake-up ends one `Wait`: pass it on.
    EXPECT_THAT(selector().Wake(), IsOk());
  }
};
EVENT_INSTANTIATE_CONTRACT(ThreadsContract);

TEST_P(ThreadsContract, R9AddIsSeenByAWaitingThread) {
  SocketPair pair = MakeStreamPair();
  SendAll(pair.b.handle(), "x");
  ASSERT_TRUE(AwaitReadable(pair.a.handle(), kForSure));
  WaitingThread waiter(selector());
  ASSERT_THAT(selector().Add(pair.a.handle(), Token(1), Interest::kReadable),
              IsOk());
  EXPECT_THAT(waiter.events(), ElementsAre(IsEvent(1, Readiness::kReadable)));
}

TEST_P(ThreadsContract, R9ModifyIsSeenByAWaitingThread) {
  SocketPair pair = MakeStreamPair();
  ASSERT_THAT(selector().Add(pair.a.handle(), Token(1), Interest::kReadable),
              IsOk());
  WaitingThread waiter(selector());
  ASSERT_THAT(selector().Modify(pair.a.handle(), Token(2), Interest::kWritable,
                                Mode::kLevel),
              IsOk());
  EXPECT_THAT(waiter.events(), ElementsAre(IsEvent(2, Readiness::kWritable)));
}

TEST_P(ThreadsContract, R9RemoveIsHeededByAWaitingThread) {
  SocketPair pair = MakeStreamPair();
  ASSERT_THAT(selector().Add(pair.a.handle(), Token(1), Interest::kReadable),
              IsOk());
  WaitingThread waiter(selector());
  ASSERT_THAT(selector().Remove(pair.a.handle()), IsOk());
  SendAll(pair.b.handle(), "x");
  ASSERT_TRUE(AwaitReadable(pair.a.handle(), kForSure));
  ASSERT_THAT(selector().Wake(), IsOk());
  EXPECT_THAT(waiter.events(), IsEmpty());
}

// Registrations come, change and go in some threads while others wait: no call
// fails, and no event bears the name of a registration that never was.
TEST_P(ThreadsContract, R9ChangesAndWaitsFromManyThreads) {
  const int rounds = Repetitions(500);
  std::atomic<int> mutators{kThreads};
  RunThreads(2 * kThreads, [this, rounds, &mutators](int thread) {
    if (thread % 2 == 0) {
      WaitUntil([&] { return mutators.load() == 0; },
                [](const Event& event) {
                  EXPECT_LT(event.token.value(), 2u * kThreads);
                });
      return;
    }
    const auto token = static_cast<std::uint64_t>(thread);
    for (int round = 0; round < rounds; ++round) {
      SocketPair pair = MakeStreamPair();
      const Handle handle = pair.a.handle();
      EXPECT_THAT(selector().Add(handle, Token(token), Interest::kReadable),
                  IsOk());
      EXPECT_THAT(selector().Modify(handle, Token(token - 1),
                                    Interest::kWritable, Mode::kLevel),
                  IsOk());
      EXPECT_THAT(selector().Remove(handle), IsOk());
    }
    if (mutators.fetch_sub(1) == 1) {
      EXPECT_THAT(selector().Wake(), IsOk());
    }
  });
}

// Each token is passed round: whoever gets the oneshot event of a handle owns
// it, alone, until re-arming it.
TEST_P(ThreadsContract, W6AOneshotEventGoesToExactlyOneThread) {
  constexpr std::size_t kHandles = 8;
  const int expected = Repetitions(20000);
  std::vector<SocketPair> pairs;
  std::vector<std::unique_ptr<std::atomic<int>>> owners;
  for (std::size_t i = 0; i < kHandles; ++i) {
    pairs.push_back(MakeStreamPair());
    owners.push_back(std::make_unique<std::atomic<int>>(0));
    ASSERT_THAT(selector().Add(pairs[i].a.handle(), Token(i),
                               Interest::kWritable, Mode::kOneshot),
                IsOk());
  }
  std::atomic<int> events{0};
  RunThreads(kThreads, [&](int) {
    WaitUntil([&] { return events.load() >= expected; },
              [&](const Event& event) {
                const auto i = static_cast<std::size_t>(event.token.value());
                EXPECT_EQ(owners[i]->fetch_add(1), 0) << "another has it, too";
                std::this_thread::yield();
                owners[i]->fetch_sub(1);
                if (events.fetch_add(1) + 1 >= expected) {
                  EXPECT_THAT(selector().Wake(), IsOk());
                }
                EXPECT_THAT(
                    selector().Modify(pairs[i].a.handle(), event.token,
                                      Interest::kWritable, Mode::kOneshot),
                    IsOk());
              });
  });
  EXPECT_GE(events.load(), expected);
}

// One byte at a time, the next only when the last was read: an edge that went
// to no thread would end the exchange, and one that went to several is seen as
// a read that finds nothing. (Such extra events are allowed, but not one for
// each thread each time.)
TEST_P(ThreadsContract, W6AnEdgeGoesToOneThread) {
  EVENT_REQUIRE(Mode::kEdge);
  constexpr int kBytes = 5000;
  SocketPair pair = MakeStreamPair();
  ASSERT_THAT(selector().Add(pair.a.handle(), Token(1), Interest::kReadable,
                             Mode::kEdge),
              IsOk());
  std::atomic<int> received{0};
  std::atomic<int> empty_reads{0};
  SendAll(pair.b.handle(), "x");
  RunThreads(kThreads, [&](int) {
    WaitUntil([&] { return received.load() >= kBytes; },
              [&](const Event&) {
                if (TryRead(pair.a.handle(), 1).data.empty()) {
                  empty_reads.fetch_add(1);
                } else if (received.fetch_add(1) + 1 < kBytes) {
                  SendAll(pair.b.handle(), "x");
                } else {
                  EXPECT_THAT(selector().Wake(), IsOk());
                }
              });
  });
  EXPECT_EQ(received.load(), kBytes);
  EXPECT_LT(empty_reads.load(), kBytes);
}

TEST_P(ThreadsContract, W6ALevelEventIsLeftForTheOthers) {
  SocketPair pair = MakeStreamPair();
  WaitingThread first(selector());
  WaitingThread second(selector());
  ASSERT_THAT(selector().Add(pair.a.handle(), Token(1), Interest::kWritable),
              IsOk());
  EXPECT_THAT(first.events(), ElementsAre(HasToken(1)));
  EXPECT_THAT(second.events(), ElementsAre(HasToken(1)));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
