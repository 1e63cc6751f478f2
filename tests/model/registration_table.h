#ifndef TESTS_MODEL_REGISTRATION_TABLE_H_
#define TESTS_MODEL_REGISTRATION_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "event/interest.h"
#include "event/mode.h"
#include "tests/model/registration.h"
#include "tests/model/script.h"

namespace event_selector {
namespace testing {

// All registrations of a selector, those included that live on although their
// slot was closed, to be found by slot and by token. They are numbered from 0
// on without gaps; adding and erasing changes the numbers.
class RegistrationTable {
 public:
  static constexpr int kNone = -1;
  // The registrations that share a token.
  using Group = absl::InlinedVector<int, 2>;

  RegistrationTable() { live_.fill(kNone); }

  int size() const { return static_cast<int>(registrations_.size()); }
  Registration& at(int index) {
    return registrations_[static_cast<std::size_t>(index)];
  }
  const Registration& at(int index) const {
    return registrations_[static_cast<std::size_t>(index)];
  }

  // That of the handle that `slot` holds now, or kNone.
  int FindLive(int slot) const { return live_[static_cast<std::size_t>(slot)]; }
  // Those under `token`; null where there is none.
  const Group* FindGroup(std::uint64_t token) const;
  // Whether one of `description`, alive or not, was made through `slot`.
  bool Contains(int slot, int description) const;

  // `slot` must have no live one.
  void Add(int slot, int description, bool is_delayed, bool is_alike);
  // Arms the live one of `slot` (see `Registration::Arm`).
  void Arm(int slot, std::uint64_t token, Interest interest, Mode mode,
           std::uint64_t activity);
  // `slot` must have a live one.
  void Erase(int slot);
  // The handle of `slot` is gone; its registration, if any, lives on.
  void Orphan(int slot);
  // What `slot` was closed with follows its number to `description`
  // (Registration::kNothing: it is empty).
  void Follow(int slot, int description);
  // The one that has followed the number of `slot`, or kNone.
  int FindFollower(int slot) const;
  void EraseFollower(int slot);
  // How many there are with Mode::kOneshot.
  std::size_t oneshots() const;
  // Makes the one that has followed `slot` its live one.
  void Revive(int slot);
  // `description` is gone with all its registrations.
  void EraseAllOf(int description);

 private:
  void Join(int index);
  void Leave(int index);
  void EraseAt(int index);

  std::vector<Registration> registrations_;
  std::array<int, kSlots> live_;
  absl::flat_hash_map<std::uint64_t, Group> groups_;
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_MODEL_REGISTRATION_TABLE_H_
