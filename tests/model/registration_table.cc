#include "tests/model/registration_table.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "event/interest.h"
#include "event/mode.h"
#include "tests/model/registration.h"

namespace event_selector {
namespace testing {

const RegistrationTable::Group* RegistrationTable::FindGroup(
    std::uint64_t token) const {
  const auto group = groups_.find(token);
  return group == groups_.end() ? nullptr : &group->second;
}

bool RegistrationTable::Contains(int slot, int description) const {
  return std::any_of(registrations_.begin(), registrations_.end(),
                     [slot, description](const Registration& registration) {
                       return registration.slot() == slot &&
                              (registration.description() == description ||
                               registration.first_description() == description);
                     });
}

void RegistrationTable::Add(int slot, int description, bool is_delayed,
                            bool is_alike) {
  live_[static_cast<std::size_t>(slot)] = size();
  registrations_.emplace_back(slot, description, is_delayed, is_alike);
  Join(size() - 1);
}

void RegistrationTable::Arm(int slot, std::uint64_t token, Interest interest,
                            Mode mode, std::uint64_t activity) {
  const int index = FindLive(slot);
  Leave(index);
  at(index).Arm(token, interest, mode, activity);
  Join(index);
}

void RegistrationTable::Erase(int slot) { EraseAt(FindLive(slot)); }

void RegistrationTable::Orphan(int slot) {
  int& live = live_[static_cast<std::size_t>(slot)];
  if (live == kNone) return;
  at(live).Orphan();
  live = kNone;
}

void RegistrationTable::Follow(int slot, int description) {
  const int index = FindFollower(slot);
  if (index != kNone) at(index).Follow(description);
}

int RegistrationTable::FindFollower(int slot) const {
  for (int index = 0; index < size(); ++index) {
    if (at(index).slot() == slot && at(index).is_orphan()) return index;
  }
  return kNone;
}

std::size_t RegistrationTable::oneshots() const {
  return static_cast<std::size_t>(
      std::count_if(registrations_.begin(), registrations_.end(),
                    [](const Registration& each) {
                      return each.mode().contains(Mode::kOneshot);
                    }));
}

void RegistrationTable::EraseFollower(int slot) {
  const int index = FindFollower(slot);
  if (index != kNone) EraseAt(index);
}

void RegistrationTable::Revive(int slot) {
  const int index = FindFollower(slot);
  at(index).Revive();
  live_[static_cast<std::size_t>(slot)] = index;
}

void RegistrationTable::EraseAllOf(int description) {
  for (int index = size() - 1; index >= 0; --index) {
    if (at(index).description() == description) EraseAt(index);
  }
}

void RegistrationTable::Join(int index) {
  groups_[at(index).token()].push_back(index);
}

void RegistrationTable::Leave(int index) {
  const auto found = groups_.find(at(index).token());
  Group& group = found->second;
  group.erase(std::find(group.begin(), group.end(), index));
  if (group.empty()) groups_.erase(found);
}

// The last one takes the place.
void RegistrationTable::EraseAt(int index) {
  const auto set_live = [this](const Registration& registration, int to) {
    if (registration.is_orphan()) return;
    live_[static_cast<std::size_t>(registration.slot())] = to;
  };
  Leave(index);
  set_live(at(index), kNone);
  const int last = size() - 1;
  if (index != last) {
    Leave(last);
    at(index) = at(last);
    Join(index);
    set_live(at(index), index);
  }
  registrations_.pop_back();
}

}  // namespace testing
}  // namespace event_selector
