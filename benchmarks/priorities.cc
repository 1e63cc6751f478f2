// How long an urgent handle waits for its turn beside 10,000 that are always
// ready: with all in one selector, and with these in a selector of their own,
// nested in the one that is waited for.
//
// The urgent handle is a heartbeat: another thread writes to it, a millisecond
// after it was served last. Each of the others is level-triggered and costs a
// read and a write. Prints the time between the write and the service.

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "benchmarks/descriptor.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/selector.h"
#include "event/token.h"
#include "tests/support/fatal.h"

namespace {

using benchmarks::Descriptor;
using event_selector::Event;
using event_selector::Interest;
using event_selector::Selector;
using event_selector::Token;
using event_selector::testing::Die;

constexpr int kBusy = 10'000;
constexpr int kBeats = 2'000;
constexpr Token kHeartbeat(kBusy);
constexpr Token kRest(kBusy + 1);

void Check(const absl::Status& status) {
  if (!status.ok()) Die(status.ToString());
}

Descriptor MakeEventfd(unsigned count) {
  Descriptor made(eventfd(count, EFD_NONBLOCK | EFD_CLOEXEC));
  if (made.fd() < 0) Die("no descriptor is left");
  return made;
}

void Touch(int counter) {
  std::uint64_t value = 0;
  if (read(counter, &value, sizeof(value)) != sizeof(value) ||
      write(counter, &value, sizeof(value)) != sizeof(value)) {
    Die("eventfd");
  }
}

// Fills `events` with what is ready, for at most `timeout`.
absl::Span<Event> WaitFor(Selector& selector, absl::Span<Event> events,
                          absl::Duration timeout) {
  const absl::StatusOr<absl::Span<Event>> ready =
      selector.Wait(events, timeout);
  Check(ready.status());
  return *ready;
}

class Bench {
 public:
  Bench() {
    for (int i = 0; i < kBusy; ++i) busy_.push_back(MakeEventfd(1));
  }

  void Run(const char* name, bool nested, std::size_t batch) {
    std::vector<absl::Duration> delays;
    const Descriptor heartbeat = MakeEventfd(0);
    const std::unique_ptr<Selector> outer = Selector::Create().value();
    const std::unique_ptr<Selector> inner = Selector::Create().value();
    Selector& rest = nested ? *inner : *outer;
    for (int i = 0; i < kBusy; ++i) {
      Check(rest.Add(busy_[i].fd(), Token(i), Interest::kReadable));
    }
    if (nested) {
      const absl::StatusOr<event_selector::Handle> descriptor =
          inner->descriptor();
      Check(descriptor.status());
      Check(outer->Add(*descriptor, kRest, Interest::kReadable));
    }
    Check(outer->Add(heartbeat.fd(), kHeartbeat, Interest::kReadable));

    std::atomic<std::int64_t> sent{0};
    std::thread heart([&] {
      for (int beat = 0; beat < kBeats; ++beat) {
        while (sent != 0) absl::SleepFor(absl::Microseconds(50));
        absl::SleepFor(absl::Milliseconds(1));
        sent = absl::GetCurrentTimeNanos();
        eventfd_write(heartbeat.fd(), 1);
      }
    });
    std::vector<Event> events(batch);
    const auto serve = [&](absl::Span<Event> ready) {
      bool has_rest = false;
      for (const Event& event : ready) {
        if (event.token == kRest) {
          has_rest = true;
        } else if (event.token == kHeartbeat) {
          eventfd_t value;
          if (eventfd_read(heartbeat.fd(), &value) != 0) Die("eventfd");
          delays.push_back(
              absl::Nanoseconds(absl::GetCurrentTimeNanos() - sent));
          sent = 0;
        } else {
          Touch(busy_[event.token.value()].fd());
        }
      }
      return has_rest;
    };
    while (delays.size() < kBeats) {
      const bool has_rest = serve(
          WaitFor(*outer, absl::MakeSpan(events), absl::InfiniteDuration()));
      if (has_rest) {
        serve(WaitFor(*inner, absl::MakeSpan(events), absl::ZeroDuration()));
      }
    }
    heart.join();
    std::sort(delays.begin(), delays.end());
    std::printf("%-28s %10.0f %10.0f %10.0f\n", name,
                absl::ToDoubleMicroseconds(delays[kBeats / 2]),
                absl::ToDoubleMicroseconds(delays[kBeats * 99 / 100]),
                absl::ToDoubleMicroseconds(delays.back()));
  }

 private:
  std::vector<Descriptor> busy_;
};

}  // namespace

int main() {
  Check(benchmarks::AllowDescriptors(kBusy + 100));
  Bench bench;
  std::printf("delay of the heartbeat, in us      p50        p99    longest\n");
  bench.Run("one selector, spans of 64", false, 64);
  bench.Run("one selector, spans of 1024", false, 1024);
  bench.Run("nested, spans of 64", true, 64);
  bench.Run("nested, spans of 1024", true, 1024);
  return 0;
}
