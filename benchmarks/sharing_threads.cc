// Who gets the events where several threads could: on one selector in each
// mode, and on several selectors that share a handle with Mode::kExclusive.
//
// One event at a time, with a pause after it in which all threads wait again:
// as in a server with little to do. Prints what each of four threads got.

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/token.h"

namespace {

using event_selector::Interest;
using event_selector::Mode;
using event_selector::Selector;
using event_selector::Token;

constexpr int kThreads = 4;
constexpr int kEvents = 2000;

struct Share {
  int events = 0;
  int empty = 0;  // Reports with nothing left behind them.
};

// Takes events of `counter` until the selector is closed.
Share Work(Selector& selector, int counter, Mode mode) {
  Share share;
  event_selector::Event events[1];
  while (selector.Wait(absl::MakeSpan(events), absl::InfiniteDuration()).ok()) {
    std::uint64_t value;
    if (read(counter, &value, sizeof(value)) == sizeof(value)) {
      ++share.events;
    } else {
      ++share.empty;
    }
    if (mode.contains(Mode::kOneshot)) {
      selector.Modify(counter, Token(1), Interest::kReadable, mode)
          .IgnoreError();
    }
  }
  return share;
}

void Run(const char* name, Mode mode, int selectors) {
  const int counter = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  std::vector<std::unique_ptr<Selector>> made;
  for (int i = 0; i < selectors; ++i) {
    made.push_back(Selector::Create().value());
    if (!made.back()->Add(counter, Token(1), Interest::kReadable, mode).ok()) {
      std::printf("%-10s not supported by %s\n", name,
                  made.back()->name().data());
      close(counter);
      return;
    }
  }
  Share shares[kThreads];
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back(
        [&, i] { shares[i] = Work(*made[i % selectors], counter, mode); });
  }
  for (int i = 0; i < kEvents; ++i) {
    absl::SleepFor(absl::Microseconds(200));
    const std::uint64_t one = 1;
    if (write(counter, &one, sizeof(one)) != sizeof(one)) return;
  }
  absl::SleepFor(absl::Milliseconds(10));
  for (const auto& selector : made) selector->Close();
  for (std::thread& thread : threads) thread.join();
  std::printf("%-10s", name);
  int empty = 0;
  for (const Share& share : shares) {
    std::printf(" %6d", share.events);
    empty += share.empty;
  }
  std::printf(" %6d\n", empty);
  close(counter);
}

}  // namespace

int main() {
  std::printf("%d events, one at a time; what each thread got\n", kEvents);
  std::printf("%-10s %6s %6s %6s %6s  empty\n", "mode", "1st", "2nd", "3rd",
              "4th");
  Run("level", Mode::kLevel, 1);
  Run("edge", Mode::kEdge, 1);
  Run("oneshot", Mode::kOneshot, 1);
  Run("exclusive", Mode::kExclusive, kThreads);
  return 0;
}
