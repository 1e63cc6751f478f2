#ifndef BACKENDS_POLL_POLL_SET_H_
#define BACKENDS_POLL_POLL_SET_H_

#include <poll.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "backends/poll/registration_table.h"

namespace event_selector {
namespace poll {

// The array that one thread hands to poll(2): a descriptor of its own, then
// what the table asks for, as of the last `Update`. 24 bytes for each
// registration. Thread-compatible; only `Reserve` allocates, and the
// constructor.
class PollSet {
 public:
  PollSet() { arrays_.Reserve(1); }

  // Where an entry comes from, to find out whether that is still there.
  struct Source {
    std::size_t place;
    std::uint64_t serial;
  };

  // Makes room for `registrations`. If the array is in use by the kernel, where
  // it must not move, the room is made beside, and taken by the next `Update`.
  void Reserve(std::size_t registrations, bool is_in_use);

  // Copies the table, unless it has not changed. `own` is the descriptor to
  // poll besides. There must be room.
  void Update(const RegistrationTable& table, int own);

  // That of the table at the last `Update`.
  std::uint64_t version() const { return version_; }

  absl::Span<pollfd> polled() { return absl::MakeSpan(arrays_.polled); }

  // Nothing was answered: poll(2) failed, and left what it said before.
  void ForgetAnswers() {
    for (pollfd& entry : arrays_.polled) entry.revents = 0;
  }

  // What poll(2) said of the descriptor of one's own.
  short own_revents() const { return arrays_.polled.front().revents; }

  // The entries of the table, in the order of their places.
  std::size_t size() const { return arrays_.sources.size(); }
  const Source& source(std::size_t i) const { return arrays_.sources[i]; }
  short revents(std::size_t i) const { return arrays_.polled[i + 1].revents; }

  // The first entry whose place is `place` or behind it; `size()` if none.
  std::size_t FirstFrom(std::size_t place) const;

 private:
  struct Arrays {
    std::vector<pollfd> polled;
    std::vector<Source> sources;

    std::size_t capacity() const { return sources.capacity(); }
    void Reserve(std::size_t registrations);
  };

  Arrays arrays_;
  Arrays spare_;
  std::uint64_t version_ = 0;  // The table's, at the last `Update`.
};

}  // namespace poll
}  // namespace event_selector

#endif  // BACKENDS_POLL_POLL_SET_H_
