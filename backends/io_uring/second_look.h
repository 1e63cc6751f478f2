#ifndef BACKENDS_IO_URING_SECOND_LOOK_H_
#define BACKENDS_IO_URING_SECOND_LOOK_H_

#include <poll.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/readiness.h"

namespace event_selector {
namespace io_uring {

// A poll request tells what woke it: of a handle that is asked for reading and
// writing, perhaps the one alone, though it is ready for both; or an error that
// was fetched meanwhile. This asks poll(2) what holds, once for the events of a
// `Wait` (for each `kRoom` of them). Costs nothing where nothing is noted.
class SecondLook {
 public:
  static constexpr std::size_t kRoom = 64;

  SecondLook() = default;

  bool empty() const { return count_ == 0; }
  bool full() const { return count_ == kRoom; }

  // To look at the event at `place`, of `handle`, for which `reported` may be
  // told. There must be room.
  void Note(Handle handle, std::uint32_t reported, std::size_t place) {
    polled_[count_] = {handle, static_cast<short>(reported), 0};
    places_[count_] = place;
    ++count_;
  }

  // Makes the events that were noted tell what holds, and forgets them. One of
  // which nothing holds is left empty, and `drop(Handle)` is called for it.
  template <typename Drop>
  void Take(absl::Span<Event> events, const Drop& drop) {
    if (!Ask()) {
      count_ = 0;
      return;
    }
    for (std::size_t i = 0; i < count_; ++i) {
      events[places_[i]].readiness = Readiness::FromBits(Told(i));
      if (Told(i) == 0) drop(polled_[i].fd);
    }
    count_ = 0;
  }

 private:
  // False: the system refuses, and the events stay as they are.
  bool Ask();
  std::uint32_t Told(std::size_t i) const {
    return static_cast<std::uint32_t>(polled_[i].revents) &
           (static_cast<std::uint32_t>(polled_[i].events) | POLLERR | POLLHUP);
  }

  std::size_t count_ = 0;
  std::array<pollfd, kRoom> polled_;
  std::array<std::size_t, kRoom> places_;
};

}  // namespace io_uring
}  // namespace event_selector

#endif  // BACKENDS_IO_URING_SECOND_LOOK_H_
