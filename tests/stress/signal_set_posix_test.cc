// G1, G6, G7 and G9 of the contract under load: signals that hit all threads of
// a process whose other threads fork and start programs, and make and destroy
// sets of their own.

#include <pthread.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <thread>
#include <utility>

#include "absl/base/config.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/selector.h"
#include "event/signal_set.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/stress/stress_test.h"

namespace event_selector {
namespace testing {
namespace {

// Each sender has a signal of its own.
constexpr std::array<int, 4> kSignals = {SIGUSR1, SIGUSR2, SIGHUP, SIGWINCH};
constexpr int kSenders = static_cast<int>(kSignals.size());

#if defined(ABSL_HAVE_THREAD_SANITIZER)
constexpr bool kIsThreadSanitizer = true;
#else
constexpr bool kIsThreadSanitizer = false;
#endif

// A loop that takes signals in a thread of its own.
class Taker {
 public:
  Taker(Selector& selector, SignalSet signals)
      : selector_(selector), signals_(std::move(signals)) {
    thread_ = std::thread([this] { Run(); });
  }
  ~Taker() {
    selector_.Close();
    thread_.join();
  }

  // How often the signal of sender `number` was taken.
  std::uint64_t taken(std::size_t number) const { return taken_[number]; }
  std::uint64_t children_ended() const { return children_ended_; }
  pthread_t thread() { return thread_.native_handle(); }

 private:
  void Run() {
    std::array<Event, 16> room;
    for (;;) {
      const absl::StatusOr<absl::Span<Event>> ready =
          selector_.Wait(absl::MakeSpan(room), absl::InfiniteDuration());
      if (!ready.ok()) return;
      EXPECT_TRUE(ready->empty());
      const Signals came = signals_.Take();
      for (std::size_t i = 0; i < kSignals.size(); ++i) {
        if (came.contains(kSignals[i])) taken_[i].fetch_add(1);
      }
      if (came.contains(SIGCHLD)) children_ended_.fetch_add(1);
    }
  }

  Selector& selector_;
  SignalSet signals_;
  std::array<std::atomic<std::uint64_t>, kSignals.size()> taken_{};
  std::atomic<std::uint64_t> children_ended_{0};
  std::thread thread_;
};

class SignalSetStress : public StressTest {};
EVENT_INSTANTIATE_CONTRACT(SignalSetStress);

SignalSet Watch(Selector& selector, absl::Span<const int> signals) {
  absl::StatusOr<SignalSet> set = SignalSet::Create(selector, signals);
  EXPECT_THAT(set.status(), IsOk());
  return *std::move(set);
}

// Starts a program, or forks only.
// Whether the child ended well.
bool RunChild(std::uint64_t number) {
  const pid_t child = fork();
  if (child == 0) {
    if (number % 2 == 0) execl("/bin/true", "true", nullptr);
    _exit(0);
  }
  int status = -1;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status == 0;
}

TEST_P(SignalSetStress, G1G6G7NoSignalIsLostWhileOthersFork) {
  const std::uint64_t signals = Scaled(2500);
  std::array<int, kSenders + 1> watched = {};
  for (std::size_t i = 0; i < kSignals.size(); ++i) watched[i] = kSignals[i];
  watched[kSenders] = SIGCHLD;
  Taker taker(selector(), Watch(selector(), watched));
  std::atomic<bool> is_over{false};

  Crew senders;
  senders.Start(kSenders, [&](int number) {
    const auto i = static_cast<std::size_t>(number);
    for (std::uint64_t sent = 0; sent < signals; ++sent) {
      const std::uint64_t before = taker.taken(i);
      switch (sent % 3) {
        case 0:
          raise(kSignals[i]);
          break;
        case 1:
          kill(getpid(), kSignals[i]);
          break;
        default:
          // ThreadSanitizer keeps a signal back until the thread calls a
          // function that it knows, and the system that is played here waits in
          // a call that it does not know.
          if (kIsThreadSanitizer && GetParam().played_system_calls != nullptr) {
            raise(kSignals[i]);
          } else {
            pthread_kill(taker.thread(), kSignals[i]);
          }
      }
      // One at a time, so that none can pass for another one.
      if (!Await([&] { return taker.taken(i) > before; })) return;
    }
  });

  Crew others;
  std::atomic<std::uint64_t> children{0};
  std::atomic<std::uint64_t> failed{0};
  // A child of a process under ThreadSanitizer may hang
  // (google/sanitizers#426).
  others.Start(kIsThreadSanitizer ? 0 : 2, [&](int) {
    while (!is_over.load()) {
      if (!RunChild(children.fetch_add(1))) failed.fetch_add(1);
    }
  });
  std::atomic<std::uint64_t> sets{0};
  others.Start(1, [&](int) {
    while (!is_over.load()) {
      const std::unique_ptr<Selector> own = NewSelector();
      SignalSet a = Watch(*own, {SIGUSR1, SIGTERM});
      SignalSet b = Watch(*own, {SIGUSR1});
      raise(SIGTERM);
      EXPECT_TRUE(a.Take().contains(SIGTERM));
      sets.fetch_add(1);
    }
  });

  senders.Join();
  is_over = true;
  others.Join();
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    EXPECT_EQ(taker.taken(i), signals);
  }
  EXPECT_EQ(failed.load(), 0u);
  if (!kIsThreadSanitizer) {
    EXPECT_TRUE(Await([&] { return taker.children_ended() > 0; }));
  }
  std::cout << kSenders * signals << " signals, " << children.load()
            << " children, " << sets.load() << " sets\n";
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
