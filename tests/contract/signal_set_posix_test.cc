// G1 to G9 of the contract: SignalSet on POSIX systems.

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/selector.h"
#include "event/signal_set.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/contract/waiting_thread.h"
#include "tests/support/child_process_posix.h"
#include "tests/support/count_allocations.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct sigaction Disposition(int signal) {
  struct sigaction action = {};
  sigaction(signal, nullptr, &action);
  return action;
}

// Installs `handler` for `signal`, and returns what was there.
struct sigaction Install(int signal, void (*handler)(int), int flags = 0) {
  struct sigaction action = {}, before = {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, &before);
  return before;
}

// What other people's handlers see.
std::atomic<int> calls{0};
std::atomic<int> other_calls{0};
std::atomic<int> last_code{0};
std::atomic<bool> was_blocked{false};

void Count(int) { calls.fetch_add(1); }
void CountOther(int) { other_calls.fetch_add(1); }

void LookAtInfo(int signal, siginfo_t* info, void* context) {
  sigset_t blocked;
  pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  was_blocked = sigismember(&blocked, SIGUSR2) == 1;
  last_code =
      info->si_signo == signal && context != nullptr ? info->si_code : -1000;
  calls.fetch_add(1);
}

// A handler that another library installs on top, and that calls what it found.
struct sigaction below_stranger = {};
void Stranger(int signal, siginfo_t* info, void* context) {
  other_calls.fetch_add(1);
  if ((below_stranger.sa_flags & SA_SIGINFO) != 0) {
    below_stranger.sa_sigaction(signal, info, context);
  } else if (below_stranger.sa_handler != SIG_DFL &&
             below_stranger.sa_handler != SIG_IGN) {
    below_stranger.sa_handler(signal);
  }
}
void InstallStranger(int signal) {
  struct sigaction action = {};
  action.sa_sigaction = &Stranger;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, &below_stranger);
}

// Each test begins and ends with the default action of the signals it uses.
class SignalSetContract : public ContractTest {
 protected:
  SignalSetContract() {
    calls = 0;
    other_calls = 0;
    last_code = 0;
    was_blocked = false;
    for (std::size_t i = 0; i < kUsed.size(); ++i) {
      before_[i] = Install(kUsed[i], SIG_DFL);
    }
  }
  ~SignalSetContract() override {
    for (std::size_t i = 0; i < kUsed.size(); ++i) {
      sigaction(kUsed[i], &before_[i], nullptr);
    }
  }

  SignalSet Watch(absl::Span<const int> signals) {
    return Watch(selector(), signals);
  }
  static SignalSet Watch(Selector& selector, absl::Span<const int> signals) {
    absl::StatusOr<SignalSet> set = SignalSet::Create(selector, signals);
    EXPECT_THAT(set.status(), IsOk());
    return *std::move(set);
  }

  static Signals Just(int signal) {
    return Signals::FromBits(std::uint64_t{1} << (signal - 1));
  }

 private:
  static constexpr std::array<int, 5> kUsed = {SIGUSR1, SIGUSR2, SIGTERM,
                                               SIGHUP, SIGCHLD};
  std::array<struct sigaction, kUsed.size()> before_;
};
EVENT_INSTANTIATE_CONTRACT(SignalSetContract);

TEST_P(SignalSetContract, G1SignalsBeforeAWaitEndIt) {
  SignalSet set = Watch({SIGUSR1, SIGUSR2, SIGTERM});
  EXPECT_TRUE(set.Take().empty());
  raise(SIGUSR1);
  raise(SIGTERM);
  raise(SIGTERM);
  EXPECT_THAT(WaitFor(kForSure), IsEmpty());
  const Signals came = set.Take();
  EXPECT_TRUE(came.contains(SIGUSR1));
  EXPECT_FALSE(came.contains(SIGUSR2));
  EXPECT_TRUE(came.contains(SIGTERM));
  EXPECT_TRUE(set.Take().empty());
}

TEST_P(SignalSetContract, G1ASignalEndsTheWaitOfItsThread) {
  SignalSet set = Watch({SIGUSR1});
  WaitingThread waiter(selector());
  pthread_kill(waiter.native_handle(), SIGUSR1);
  EXPECT_THAT(waiter.events(), IsEmpty());
  EXPECT_EQ(set.Take(), Just(SIGUSR1));
}

TEST_P(SignalSetContract, G1ASignalInAnotherThreadEndsAWait) {
  SignalSet set = Watch({SIGUSR1});
  WaitingThread waiter(selector());
  raise(SIGUSR1);
  EXPECT_THAT(waiter.events(), IsEmpty());
  EXPECT_EQ(set.Take(), Just(SIGUSR1));
}

TEST_P(SignalSetContract, G1ASignalIsKeptWhileTheSelectorIsClosed) {
  SignalSet set = Watch({SIGUSR1});
  selector().Close();
  raise(SIGUSR1);
  EXPECT_EQ(set.Take(), Just(SIGUSR1));
}

TEST_P(SignalSetContract, G2HandlersKeepErrnoAndAllocateNothing) {
  SignalSet set = Watch({SIGUSR1});
  const AllocationCounter counter;
  errno = ERANGE;
  raise(SIGUSR1);
  const bool errno_was_kept = errno == ERANGE;
  const bool has_come = set.Take().contains(SIGUSR1);
  EXPECT_EQ(counter.allocations(), 0u);
  EXPECT_TRUE(errno_was_kept);
  EXPECT_TRUE(has_come);
}

TEST_P(SignalSetContract, G3SetsShareASignal) {
  const std::unique_ptr<Selector> other = NewSelector();
  SignalSet a = Watch({SIGUSR1, SIGUSR2});
  SignalSet b = Watch(*other, {SIGUSR1});
  SignalSet c = Watch({SIGUSR1});
  raise(SIGUSR1);
  EXPECT_EQ(a.Take(), Just(SIGUSR1));
  EXPECT_EQ(b.Take(), Just(SIGUSR1));
  EXPECT_EQ(c.Take(), Just(SIGUSR1));
  Event room[1];
  EXPECT_THAT(other->Wait(absl::MakeSpan(room), kForSure).status(), IsOk());
  raise(SIGUSR2);
  EXPECT_EQ(a.Take(), Just(SIGUSR2));
  EXPECT_TRUE(b.Take().empty());
}

TEST_P(SignalSetContract, G3ASetThatIsMovedGoesOn) {
  SignalSet a = Watch({SIGUSR1});
  SignalSet b = std::move(a);
  raise(SIGUSR1);
  EXPECT_TRUE(a.Take().empty());  // NOLINT: what the header says of it.
  EXPECT_EQ(b.Take(), Just(SIGUSR1));
  Install(SIGUSR2, &Count);
  SignalSet c = Watch({SIGUSR2});
  c = std::move(b);
  raise(SIGUSR2);
  EXPECT_TRUE(c.Take().empty());
  EXPECT_EQ(calls.load(), 1);
  raise(SIGUSR1);
  EXPECT_EQ(c.Take(), Just(SIGUSR1));
}

TEST_P(SignalSetContract, G4TheHandlerThatWasThereIsCalled) {
  Install(SIGUSR1, &Count);
  SignalSet a = Watch({SIGUSR1});
  SignalSet b = Watch({SIGUSR1});
  raise(SIGUSR1);
  EXPECT_EQ(calls.load(), 1);
  EXPECT_EQ(a.Take(), Just(SIGUSR1));
  EXPECT_EQ(b.Take(), Just(SIGUSR1));
}

TEST_P(SignalSetContract, G4ItGetsWhatItAskedFor) {
  struct sigaction action = {};
  action.sa_sigaction = &LookAtInfo;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, SIGUSR2);
  sigaction(SIGUSR1, &action, nullptr);
  SignalSet set = Watch({SIGUSR1});
  // Delivered before it returns, since no other thread can get it.
  sigqueue(getpid(), SIGUSR1, sigval{});
  EXPECT_EQ(calls.load(), 1);
  EXPECT_EQ(last_code.load(), SI_QUEUE);
  EXPECT_TRUE(was_blocked.load());
}

TEST_P(SignalSetContract, G4OneThatIsGoodForOneCallIsCalledOnce) {
  Install(SIGUSR1, &Count, static_cast<int>(SA_RESETHAND));
  {
    SignalSet set = Watch({SIGUSR1});
    raise(SIGUSR1);
    raise(SIGUSR1);
    EXPECT_EQ(calls.load(), 1);
  }
  EXPECT_EQ(Disposition(SIGUSR1).sa_handler, SIG_DFL);
}

TEST_P(SignalSetContract, G4ChildrenThatNobodyWaitsForLeaveNoZombies) {
  Install(SIGCHLD, SIG_IGN);
  SignalSet set = Watch({SIGCHLD});
  const pid_t child = fork();
  if (child == 0) _exit(0);
  while (!set.Take().contains(SIGCHLD))
    EXPECT_THAT(WaitFor(kForSure), IsEmpty());
  EXPECT_EQ(waitpid(child, nullptr, 0), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST_P(SignalSetContract, G5TheLastSetRestoresWhatWasThere) {
  struct sigaction action = {};
  action.sa_sigaction = &LookAtInfo;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, SIGUSR2);
  sigaction(SIGUSR1, &action, nullptr);
  // First in the order in which they were made, then in the other one.
  for (const bool first_in_first_out : {true, false}) {
    std::optional<SignalSet> a = Watch({SIGUSR1});
    std::optional<SignalSet> b = Watch({SIGUSR1, SIGTERM});
    (first_in_first_out ? a : b).reset();
    EXPECT_NE(Disposition(SIGUSR1).sa_sigaction, &LookAtInfo);
    (first_in_first_out ? b : a).reset();
    const struct sigaction restored = Disposition(SIGUSR1);
    EXPECT_EQ(restored.sa_sigaction, &LookAtInfo);
    EXPECT_EQ(restored.sa_flags & (SA_SIGINFO | SA_RESTART),
              SA_SIGINFO | SA_RESTART);
    EXPECT_EQ(sigismember(&restored.sa_mask, SIGUSR2), 1);
    EXPECT_EQ(Disposition(SIGTERM).sa_handler, SIG_DFL);
  }
}

TEST_P(SignalSetContract, G5AHandlerThatCameLaterStays) {
  Install(SIGUSR1, &Count);
  {
    SignalSet set = Watch({SIGUSR1});
    InstallStranger(SIGUSR1);
    raise(SIGUSR1);
    EXPECT_EQ(set.Take(), Just(SIGUSR1));
    EXPECT_EQ(calls.load(), 1);
    EXPECT_EQ(other_calls.load(), 1);
  }
  // It still calls what it found, and that calls what was there before.
  EXPECT_EQ(Disposition(SIGUSR1).sa_sigaction, &Stranger);
  raise(SIGUSR1);
  EXPECT_EQ(other_calls.load(), 2);
  EXPECT_EQ(calls.load(), 2);
  // It goes, and puts back what it found; the next set tidies up.
  sigaction(SIGUSR1, &below_stranger, nullptr);
  raise(SIGUSR1);
  EXPECT_EQ(calls.load(), 3);
  Watch({SIGUSR1});
  EXPECT_EQ(Disposition(SIGUSR1).sa_handler, &Count);
}

// Ours, a stranger's, ours: each is called once, and none for ever.
TEST_P(SignalSetContract, G5SetsAboveAndBelowAHandlerThatCameLater) {
  Install(SIGUSR1, &Count);
  for (const bool lower_goes_first : {true, false}) {
    std::optional<SignalSet> lower = Watch({SIGUSR1});
    InstallStranger(SIGUSR1);
    std::optional<SignalSet> upper = Watch({SIGUSR1});
    calls = 0;
    other_calls = 0;
    raise(SIGUSR1);
    EXPECT_EQ(lower->Take(), Just(SIGUSR1));
    EXPECT_EQ(upper->Take(), Just(SIGUSR1));
    EXPECT_EQ(calls.load(), 1);
    EXPECT_EQ(other_calls.load(), 1);
    (lower_goes_first ? lower : upper).reset();
    raise(SIGUSR1);
    EXPECT_EQ((lower_goes_first ? upper : lower)->Take(), Just(SIGUSR1));
    EXPECT_EQ(calls.load(), 2);
    EXPECT_EQ(other_calls.load(), 2);
    (lower_goes_first ? upper : lower).reset();
    EXPECT_EQ(Disposition(SIGUSR1).sa_sigaction, &Stranger);
    sigaction(SIGUSR1, &below_stranger, nullptr);
    Watch({SIGUSR1});
    EXPECT_EQ(Disposition(SIGUSR1).sa_handler, &Count);
  }
}

TEST_P(SignalSetContract, G5TheLimitOfLevelsIsAnError) {
  std::vector<struct sigaction> found;
  std::vector<SignalSet> sets;
  absl::Status status;
  while (status.ok()) {
    absl::StatusOr<SignalSet> set = SignalSet::Create(selector(), {SIGUSR1});
    status = set.status();
    if (!set.ok()) break;
    sets.push_back(*std::move(set));
    found.push_back(
        Install(SIGUSR1, found.size() % 2 == 0 ? &Count : &CountOther));
    ASSERT_LT(found.size(), 100u);
  }
  EXPECT_THAT(status, HasCode(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(found.size(), 4u);
  // They all go, from the top to the bottom.
  while (!sets.empty()) {
    sigaction(SIGUSR1, &found.back(), nullptr);
    found.pop_back();
    sets.pop_back();
  }
  EXPECT_EQ(Disposition(SIGUSR1).sa_handler, SIG_DFL);
}

// Ends by `signal` if that has its default action and is not blocked.
ProcessEnd EndOfProgramThatKillsItself(const char* signal) {
  const std::string command = std::string("kill -s ") + signal + " $$; exit 7";
  const pid_t child = fork();
  if (child == 0) {
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    _exit(8);
  }
  return ChildProcess(child).Wait();
}

TEST_P(SignalSetContract, G6AProgramThatIsStartedInheritsNothing) {
  SignalSet set = Watch({SIGTERM, SIGUSR1});
  EXPECT_EQ(EndOfProgramThatKillsItself("TERM"), (ProcessEnd{0, SIGTERM}));
  EXPECT_EQ(EndOfProgramThatKillsItself("USR1"), (ProcessEnd{0, SIGUSR1}));
  EXPECT_TRUE(set.Take().empty());
  sigset_t blocked;
  pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  EXPECT_EQ(sigismember(&blocked, SIGTERM), 0);
}

TEST_P(SignalSetContract, G7InAChildASignalDoesWhatItDidBefore) {
  Install(SIGUSR1, &Count);
  SignalSet set = Watch({SIGUSR1, SIGTERM, SIGCHLD});
  raise(SIGUSR1);
  ChildProcess child = ChildProcess::Fork([&]() -> std::string {
    if (!set.Take().empty()) return "the parent's signal is seen";
    raise(SIGUSR1);
    if (calls.load() != 2) return "the handler that was there is not called";
    raise(SIGCHLD);
    if (!set.Take().empty()) return "the parent's set takes signals";
    raise(SIGTERM);
    return "SIGTERM is without effect";
  });
  EXPECT_EQ(child.Wait(), (ProcessEnd{0, SIGTERM}));
  // The child has not disturbed this process.
  EXPECT_TRUE(set.Take().contains(SIGUSR1));
  raise(SIGTERM);
  EXPECT_EQ(set.Take(), Just(SIGTERM));
}

TEST_P(SignalSetContract, G7AChildMayMakeSetsAndDestroyThoseOfItsParent) {
  Install(SIGUSR1, &Count);
  std::optional<SignalSet> set = Watch({SIGUSR1});
  ChildProcess child = ChildProcess::Fork([&]() -> std::string {
    const std::unique_ptr<Selector> own = NewSelector();
    absl::StatusOr<SignalSet> mine = SignalSet::Create(*own, {SIGUSR1});
    if (!mine.ok()) return mine.status().ToString();
    set.reset();
    raise(SIGUSR1);
    if (!mine->Take().contains(SIGUSR1)) return "the child's set gets nothing";
    if (calls.load() != 1) return "the handler that was there is not called";
    mine = absl::CancelledError();
    if (Disposition(SIGUSR1).sa_handler != &Count) return "not restored";
    return "";
  });
  EXPECT_EQ(child.Wait(), kExitedWell);
  raise(SIGUSR1);
  EXPECT_EQ(set->Take(), Just(SIGUSR1));
}

TEST_P(SignalSetContract, G8WhatCannotBeCollectedIsRefused) {
  Install(SIGUSR1, &Count);
  struct Case {
    std::vector<int> signals;
    const char* words;
  };
  for (const Case& each : {
           Case{{}, "without a signal"},
           Case{{0}, "0 is not the number of a signal"},
           Case{{-1}, "-1 is not"},
           Case{{SIGUSR1, SIGKILL}, "cannot be caught"},
           Case{{SIGUSR1, SIGSTOP}, "cannot be caught"},
           Case{{SIGUSR1, SIGSEGV}, "fault"},
           Case{{SIGBUS}, "fault"},
           Case{{SIGFPE}, "fault"},
           Case{{SIGILL}, "fault"},
       }) {
    const absl::Status status =
        SignalSet::Create(selector(), each.signals).status();
    EXPECT_THAT(status, HasCode(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(std::string(status.message()), HasSubstr(each.words));
    EXPECT_EQ(Disposition(SIGUSR1).sa_handler, &Count);
  }
  EXPECT_THAT(SignalSet::Create(selector(), {65}).status(),
              HasCode(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(SignalSet::Create(selector(), {1 << 30}).status(),
              HasCode(absl::StatusCode::kUnimplemented));
}

// After the destructor, the selector may go at once.
TEST_P(SignalSetContract, G9SetsEndWhileSignalsArrive) {
  Install(SIGUSR1, &Count);
  std::atomic<bool> is_over{false};
  std::vector<std::thread> raisers;
  for (int i = 0; i < 2; ++i) {
    raisers.emplace_back([&is_over] {
      while (!is_over.load()) raise(SIGUSR1);
    });
  }
  for (int round = 0; round < 8; ++round) {
    const std::unique_ptr<Selector> own = NewSelector();
    SignalSet a = Watch(*own, {SIGUSR1});
    SignalSet b = Watch(*own, {SIGUSR1});
    while (!a.Take().contains(SIGUSR1)) std::this_thread::yield();
  }
  is_over = true;
  for (std::thread& each : raisers) each.join();
  EXPECT_EQ(Disposition(SIGUSR1).sa_handler, &Count);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
