#include "benchmarks/drivers/timer_map.h"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "benchmarks/descriptor.h"
#include "benchmarks/timers.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

using std::chrono::nanoseconds;

nanoseconds Now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

class TimerMap final : public Timers {
 public:
  explicit TimerMap(std::uint32_t count) : places_(count) {
    if (epoll_.fd() < 0) {
      event_selector::testing::DieOfError("epoll_create1", errno);
    }
  }

  void Start(Indexes indexes, Delays delays) override {
    const nanoseconds now = Now();
    for (std::size_t i = 0; i < indexes.size(); ++i) {
      places_[indexes[i]] = timers_.emplace(now + delays[i], indexes[i]);
    }
  }
  void Restart(Indexes indexes, Delays delays) override {
    const nanoseconds now = Now();
    for (std::size_t i = 0; i < indexes.size(); ++i) {
      Move(indexes[i], now + delays[i]);
    }
  }
  void StartIdle(Indexes indexes) override {
    const nanoseconds now = Now();
    for (const std::uint32_t index : indexes) {
      places_[index] = timers_.emplace(now + kPatience, index);
    }
  }
  void PostponeIdle(Indexes indexes) override {
    const nanoseconds now = Now();
    for (const std::uint32_t index : indexes) Move(index, now + kPatience);
  }

  std::int64_t Turn() override {
    std::array<epoll_event, 64> events;
    epoll_wait(epoll_.fd(), events.data(), static_cast<int>(events.size()), 0);
    const nanoseconds now = Now();
    std::int64_t expired = 0;
    for (; !timers_.empty() && timers_.begin()->first <= now; ++expired) {
      timers_.erase(timers_.begin());
    }
    return expired;
  }

 private:
  using Map = std::multimap<nanoseconds, std::uint32_t>;

  // With the memory that it has.
  void Move(std::uint32_t index, nanoseconds deadline) {
    Map::node_type node = timers_.extract(places_[index]);
    node.key() = deadline;
    places_[index] = timers_.insert(std::move(node));
  }

  const Descriptor epoll_{epoll_create1(EPOLL_CLOEXEC)};
  Map timers_;
  std::vector<Map::iterator> places_;  // By index.
};

}  // namespace

std::unique_ptr<Timers> MakeTimerMap(std::uint32_t count) {
  return std::make_unique<TimerMap>(count);
}

}  // namespace benchmarks
