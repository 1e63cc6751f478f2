#include "backends/poll/poll_set.h"

#include <poll.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "backends/poll/poll_events.h"
#include "backends/poll/registration_table.h"

namespace event_selector {
namespace poll {

void PollSet::Arrays::Reserve(std::size_t registrations) {
  if (registrations <= capacity()) return;
  constexpr std::size_t kLeast = 16;
  const std::size_t room = std::max({registrations, 2 * capacity(), kLeast});
  polled.reserve(room + 1);
  sources.reserve(room);
}

void PollSet::Reserve(std::size_t registrations, bool is_in_use) {
  if (registrations <= arrays_.capacity()) return;
  (is_in_use ? spare_ : arrays_).Reserve(registrations);
}

void PollSet::Update(const RegistrationTable& table, int own) {
  if (version_ == table.version()) return;
  if (spare_.capacity() > arrays_.capacity()) std::swap(arrays_, spare_);
  arrays_.polled.clear();
  arrays_.sources.clear();
  arrays_.polled.push_back({own, POLLIN, 0});
  for (std::size_t place = 0; place < table.places(); ++place) {
    const PolledRegistration& registration = table.at(place);
    if (registration.is_silent || registration.handle == kInvalidHandle) {
      continue;
    }
    arrays_.polled.push_back(
        {registration.handle, ToPollEvents(registration.interest), 0});
    arrays_.sources.push_back({place, registration.serial});
  }
  version_ = table.version();
}

std::size_t PollSet::FirstFrom(std::size_t place) const {
  const auto found =
      std::lower_bound(arrays_.sources.begin(), arrays_.sources.end(), place,
                       [](const Source& source, std::size_t wanted) {
                         return source.place < wanted;
                       });
  return static_cast<std::size_t>(found - arrays_.sources.begin());
}

}  // namespace poll
}  // namespace event_selector
