// S4 of the contract, with threads: fork in the middle of everything.

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/config.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/waiting_thread.h"
#include "tests/faults/workout.h"
#include "tests/support/child_process_posix.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;

// Which call of `selector` is not refused as it must be in a child; "" if all
// are.
std::string WhatIsNotRefused(Selector& selector, Handle handle) {
  Event room[2];
  const struct {
    const char* call;
    absl::Status status;
  } calls[] = {
      {"Add", selector.Add(handle, Token(9), Interest::kReadable)},
      {"Modify",
       selector.Modify(handle, Token(9), Interest::kReadable, Mode::kLevel)},
      {"Remove", selector.Remove(handle)},
      {"Wake", selector.Wake()},
      {"Wait",
       selector.Wait(absl::MakeSpan(room), absl::ZeroDuration()).status()},
  };
  for (const auto& [call, status] : calls) {
    if (status.code() == absl::StatusCode::kFailedPrecondition) continue;
    return absl::StrCat(call, " was not refused: ", status.ToString());
  }
  return "";
}

class ForkContract : public ContractTest {
 protected:
  // What a child may do and may not: nothing with the parent's selector but
  // destroy it, everything with one of its own.
  std::string UseOldAndNew(bool with_close) {
    std::string failure = WhatIsNotRefused(selector(), pair_.a.handle());
    if (!failure.empty()) return failure;
    if (with_close) selector().Close();
    failure = WhatIsNotRefused(selector(), pair_.a.handle());
    if (!failure.empty()) return "after Close: " + failure;
    RecreateSelector();
    return Workout(selector());
  }

  SocketPair pair_ = MakeStreamPair();
};
EVENT_INSTANTIATE_CONTRACT(ForkContract);

// Several threads that wait on one selector and take what comes, until it is
// closed.
class Waiters {
 public:
  Waiters(Selector& selector, Handle handle) {
    for (int i = 0; i < 4; ++i) {
      threads_.emplace_back([this, &selector, handle] {
        Event room[4];
        for (;;) {
          const absl::StatusOr<absl::Span<Event>> ready =
              selector.Wait(absl::MakeSpan(room), absl::InfiniteDuration());
          if (!ready.ok()) {
            EXPECT_THAT(ready.status(), HasCode(absl::StatusCode::kCancelled));
            return;
          }
          if (!ready->empty()) received_ += Drain(handle).size();
        }
      });
    }
  }
  ~Waiters() {
    for (std::thread& thread : threads_) thread.join();
  }

  // Returns when so many bytes have arrived in all.
  void Await(std::size_t bytes) const {
    while (received_ < bytes) std::this_thread::yield();
  }

 private:
  std::atomic<std::size_t> received_{0};
  std::vector<std::thread> threads_;
};

// A thread that does `work` again and again.
class BusyThread {
 public:
  template <typename Work>
  explicit BusyThread(Work work)
      : thread_([this, work] {
          while (!is_done_) work();
        }) {}
  ~BusyThread() {
    is_done_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> is_done_{false};
  std::thread thread_;
};

// The sanitizers' allocators of 2022 do not hold their locks while the process
// forks, as malloc does: a child that allocates may wait for ever for one that
// another thread held (google/sanitizers#774, llvm/llvm-project#75290, #96600).
#if defined(ABSL_HAVE_ADDRESS_SANITIZER) || defined(ABSL_HAVE_THREAD_SANITIZER)
constexpr bool kMayAllocateInChild = false;
#else
constexpr bool kMayAllocateInChild = true;
#endif

TEST_P(ForkContract, S4ForkWhileOthersWaitAndRegister) {
  if (!kMayAllocateInChild) GTEST_SKIP() << "the sanitizer's allocator";
  if (!TakesAnyThread()) EVENT_NOT_APPLICABLE("W6: waits in several threads");
  constexpr std::size_t kForks = 60;
  ASSERT_THAT(selector().Add(pair_.a.handle(), Token(1), Interest::kReadable),
              IsOk());
  const Waiters waiters(selector(), pair_.a.handle());
  {
    const SocketPair others[2] = {MakeStreamPair(), MakeStreamPair()};
    const auto change = [this](Handle handle) {
      EXPECT_THAT(selector().Add(handle, Token(2), Interest::kReadable),
                  IsOk());
      EXPECT_THAT(selector().Modify(handle, Token(3), Interest::kReadClosed,
                                    Mode::kLevel),
                  IsOk());
      EXPECT_THAT(selector().Remove(handle), IsOk());
    };
    const BusyThread first([&] { change(others[0].a.handle()); });
    const BusyThread second([&] { change(others[1].a.handle()); });
    const BusyThread waker([&] { EXPECT_THAT(selector().Wake(), IsOk()); });
    for (std::size_t i = 1; i <= kForks && !HasFailure(); ++i) {
      EXPECT_EQ(ChildProcess::Fork([this, i] {
                  return UseOldAndNew(/*with_close=*/i % 2 == 0);
                }).Wait(),
                kExitedWell);
      SendAll(pair_.b.handle(), "x");
      waiters.Await(i);
    }
  }
  selector().Close();
}

// The child owns no thread of the parent's, and waits for no lock that one of
// them held.
TEST_P(ForkContract, S4ForkWhileOthersMakeAndCloseSelectors) {
  if (!kMayAllocateInChild) GTEST_SKIP() << "the sanitizer's allocator";
  ASSERT_THAT(selector().Add(pair_.a.handle(), Token(1), Interest::kReadable),
              IsOk());
  const auto make_and_close = [] { NewSelector()->Close(); };
  const BusyThread first(make_and_close);
  const BusyThread second(make_and_close);
  for (int i = 0; i < 60 && !HasFailure(); ++i) {
    EXPECT_EQ(ChildProcess::Fork([this] {
                return UseOldAndNew(/*with_close=*/false);
              }).Wait(),
              kExitedWell);
  }
}

TEST_P(ForkContract, S4AChildThatDestroysItsCopySparesAWaitingThread) {
  if (!TakesAnyThread()) EVENT_NOT_APPLICABLE("W6: waits in several threads");
  ASSERT_THAT(selector().Add(pair_.a.handle(), Token(1), Interest::kReadable),
              IsOk());
  WaitingThread waiter(selector());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ChildProcess::Fork([this, i] {
                if (i > 0) selector().Close();
                DestroySelector();
                return "";
              }).Wait(),
              kExitedWell);
  }
  EXPECT_FALSE(waiter.has_returned());
  SendAll(pair_.b.handle(), "x");
  EXPECT_THAT(waiter.events(), ElementsAre(IsEvent(1, Readiness::kReadable)));
  Drain(pair_.a.handle());
  EXPECT_EQ(Workout(selector()), "");
}

// Every process refuses the selectors of all those before it, and each one's
// own goes on working while its children come and go.
TEST_P(ForkContract, S4EachGenerationHasItsOwn) {
  ASSERT_THAT(selector().Add(pair_.a.handle(), Token(1), Interest::kReadable),
              IsOk());
  const auto grandchild = [this](Selector& childs) -> std::string {
    for (Selector* inherited : {&selector(), &childs}) {
      const std::string failure =
          WhatIsNotRefused(*inherited, pair_.a.handle());
      if (!failure.empty()) return "in the grandchild: " + failure;
    }
    return Workout(*NewSelector());
  };
  const auto child = [&]() -> std::string {
    const std::unique_ptr<Selector> own = NewSelector();
    for (int i = 0; i < 3; ++i) {
      ChildProcess process =
          ChildProcess::Fork([&] { return grandchild(*own); });
      std::string failure = Workout(*own);  // Side by side with it.
      if (!failure.empty()) return failure;
      if (!(process.Wait() == kExitedWell)) return "the grandchild failed";
      failure = WhatIsNotRefused(selector(), pair_.a.handle());
      if (!failure.empty()) return failure;
    }
    return "";
  };
  EXPECT_EQ(ChildProcess::Fork(child).Wait(), kExitedWell);
  SendAll(pair_.b.handle(), "x");
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kReadable)));
  Drain(pair_.a.handle());
  EXPECT_EQ(Workout(selector()), "");
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
