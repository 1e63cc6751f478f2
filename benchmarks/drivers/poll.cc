#include "benchmarks/drivers/poll.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "benchmarks/descriptor.h"
#include "benchmarks/driver.h"
#include "event/interest.h"
#include "event/mode.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

using ::event_selector::testing::DieOfError;

class Poll final : public Driver {
 public:
  Poll() {
    if (eventfd_.fd() < 0) DieOfError("eventfd", errno);
    entries_.push_back({eventfd_.fd(), POLLIN, 0});
    indexes_.push_back({});
  }

  bool Supports(event_selector::Mode mode) const override {
    return mode == event_selector::Mode::kLevel ||
           mode == event_selector::Mode::kOneshot;
  }

  void Watch(int fd, std::uint32_t index, event_selector::Interest interest,
             event_selector::Mode mode) override {
    if (places_.size() <= index) places_.resize(index + 1);
    places_[index] = entries_.size();
    entries_.push_back({fd, PollEvents(interest), 0});
    indexes_.push_back({index, mode == event_selector::Mode::kOneshot});
  }

  void Change(int /*fd*/, std::uint32_t index,
              event_selector::Interest interest,
              event_selector::Mode mode) override {
    const std::size_t place = places_[index];
    entries_[place].events = PollEvents(interest);
    indexes_[place].is_oneshot = mode == event_selector::Mode::kOneshot;
  }

  // The last one moves into the gap.
  void Unwatch(int /*fd*/, std::uint32_t index) override {
    const std::size_t place = places_[index];
    entries_[place] = entries_.back();
    indexes_[place] = indexes_.back();
    places_[indexes_[place].index] = place;
    entries_.pop_back();
    indexes_.pop_back();
  }

  void Turn(Handler& handler, Blocking blocking) override {
    int left = poll(entries_.data(), entries_.size(),
                    blocking == Blocking::kYes ? -1 : 0);
    if (left < 0 && errno != EINTR) DieOfError("poll", errno);
    if (left > 0 && entries_[0].revents != 0) {
      --left;
      TakeWakeUp();
    }
    for (std::size_t i = 1; left > 0 && i < entries_.size(); ++i) {
      if (entries_[i].revents == 0) continue;
      --left;
      if (indexes_[i].is_oneshot) entries_[i].events = 0;
      handler.OnReady(indexes_[i].index);
    }
  }

  void Wake() override {
    const std::uint64_t one = 1;
    if (write(eventfd_.fd(), &one, sizeof(one)) != sizeof(one)) {
      DieOfError("write to the eventfd", errno);
    }
  }

 private:
  struct Watched {
    std::uint32_t index = 0;
    bool is_oneshot = false;
  };

  static short PollEvents(event_selector::Interest interest) {
    return interest == event_selector::Interest::kReadable ? POLLIN : POLLOUT;
  }

  void TakeWakeUp() {
    std::uint64_t counter;
    if (read(eventfd_.fd(), &counter, sizeof(counter)) != sizeof(counter)) {
      DieOfError("read of the eventfd", errno);
    }
  }

  const Descriptor eventfd_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::vector<pollfd> entries_;      // The first one is the waker's.
  std::vector<Watched> indexes_;     // Parallel to `entries_`.
  std::vector<std::size_t> places_;  // By index: the place in `entries_`.
};

}  // namespace

std::unique_ptr<Driver> MakePoll() { return std::make_unique<Poll>(); }

}  // namespace benchmarks
