#include "backends/poll/registration_table.h"

#include <algorithm>
#include <cstddef>

#include "backends/poll/object_identity.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/token.h"

namespace event_selector {
namespace poll {

bool RegistrationTable::Reserve(Handle handle) {
  if (free_places_.empty() && places_.size() == places_.capacity()) {
    constexpr std::size_t kLeast = 16;
    places_.reserve(std::max(kLeast, 2 * places_.size()));
  }
  // So that `Erase`, which may run in a wait, allocates nothing.
  free_places_.reserve(places_.capacity());
  return chunks_.FindOrMake(handle) != nullptr;
}

std::size_t RegistrationTable::Add(Handle handle,
                                   const ObjectIdentity& object) {
  if (free_places_.empty()) {
    places_.emplace_back();
    free_places_.push_back(places_.size() - 1);
  }
  const std::size_t place = free_places_.back();
  free_places_.pop_back();
  chunks_.FindKnown(handle).places[Chunks::IndexIn(handle)] = place;
  ++size_;
  places_[place].handle = handle;
  places_[place].object = object;
  places_[place].is_silent = true;
  MarkChanged(place);
  return place;
}

void RegistrationTable::Arm(std::size_t place, Token token, Interest interest,
                            Mode mode) {
  PolledRegistration& registration = places_[place];
  registration.token = token;
  registration.interest = interest;
  registration.is_oneshot = mode.contains(Mode::kOneshot);
  registration.is_silent = false;
  MarkChanged(place);
}

void RegistrationTable::Silence(std::size_t place) {
  places_[place].is_silent = true;
  MarkChanged(place);
}

void RegistrationTable::Erase(std::size_t place) {
  const Handle handle = places_[place].handle;
  chunks_.FindKnown(handle).places[Chunks::IndexIn(handle)] = kNowhere;
  --size_;
  places_[place] = PolledRegistration();
  free_places_.push_back(place);
  MarkChanged(place);
}

}  // namespace poll
}  // namespace event_selector
