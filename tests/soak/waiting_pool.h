#ifndef TESTS_SOAK_WAITING_POOL_H_
#define TESTS_SOAK_WAITING_POOL_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/selector.h"
#include "event/token.h"
#include "tests/soak/counters.h"
#include "tests/soak/findings.h"

namespace event_selector {
namespace soak {

// Whose event it is: the top byte of a token. The other 56 bits are the load's.
enum class Owner : std::uint8_t { kEcho = 1, kOneshot, kChurn, kSize };

constexpr int kOwnerShift = 56;
constexpr Token MakeToken(Owner owner, std::uint64_t rest) {
  return Token((static_cast<std::uint64_t>(owner) << kOwnerShift) | rest);
}
constexpr std::uint64_t RestOf(Token token) {
  return token.value() & ((std::uint64_t{1} << kOwnerShift) - 1);
}

// A load's side of the pool. Called from any of the pool's threads.
class EventSink {
 public:
  virtual ~EventSink() = default;

  // `wait_started` is the pool's time just before the `Wait` that returned
  // `event` was called: see WaitingPool::Tick.
  virtual void OnEvent(const Event& event, std::uint64_t wait_started) = 0;
};

// One selector, several threads that wait on it with all kinds of timeouts and
// room, and several loads whose events they hand out. The loads disturb each
// other here on purpose.
class WaitingPool {
 public:
  WaitingPool(std::unique_ptr<Selector> selector, Counters& counters,
              Findings& findings);
  ~WaitingPool() { Stop(); }

  Selector& selector() { return *selector_; }

  // Before Start. The sink must live until Stop has returned.
  void Attach(Owner owner, EventSink& sink);
  // Called after each `Wait` that has returned, before its events are handed
  // out.
  void OnEveryReturn(std::function<void()> on_return);

  void Start();
  // Closes the selector: every thread must leave with kCancelled.
  void Stop();

  // A clock that counts the ends of registrations. Whoever has ended one calls
  // Tick afterwards and keeps the result; an event of it whose `wait_started`
  // is that or later comes from a `Wait` that started after the end.
  std::uint64_t Tick() { return clock_.fetch_add(1) + 1; }

 private:
  void Run(std::size_t thread);
  void HandOut(absl::Span<const Event> events, std::uint64_t wait_started);

  const std::unique_ptr<Selector> selector_;
  Counters& counters_;
  Findings& findings_;
  std::array<EventSink*, static_cast<std::size_t>(Owner::kSize)> sinks_{};
  std::function<void()> on_return_ = [] {};
  std::atomic<std::uint64_t> clock_{0};
  std::vector<std::thread> threads_;
};

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_WAITING_POOL_H_
