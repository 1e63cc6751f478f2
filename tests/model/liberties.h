#ifndef TESTS_MODEL_LIBERTIES_H_
#define TESTS_MODEL_LIBERTIES_H_

#include <cstdint>

#include "tests/contract/backends.h"

namespace event {
namespace testing {

// What a backend may do besides what the contract says of all of them:
// docs/portability.md and docs/contract.md tell users the same. All false: the
// contract to the letter.
struct Liberties {
  // The registrations are the selector's own, by the handles' numbers.
  // - One whose handle was closed without `Remove` may go on under the number,
  //   reporting whatever that names next, and must not report anything.
  //   `Modify` and `Remove` take it for no registration, `Add` for none
  //   either, unless the two objects look the same to the system.
  // - A parked one reports once, then nothing until `Modify`.
  bool keeps_numbers = false;
  // With SelectorOptions::single_waiter over epoll, a registration whose handle
  // was closed without `Remove`
  // - may be taken for one by `Modify`;
  // - may take a place in a Wait without being reported, while a duplicate is
  //   open: where there is room for one event, another comes with the next one.
  bool defers_changes = false;
  // With `defers_changes`: besides oneshot registrations, those with this token
  // are reported by their number (EventfdWaker::kData).
  std::uint64_t token_by_number = 0;
};

inline Liberties LibertiesOf(const Backend& backend) {
  Liberties liberties;
  liberties.keeps_numbers = backend.keeps_numbers;
  liberties.defers_changes = backend.single_waiter && !backend.keeps_numbers;
  liberties.token_by_number = 0x9e6c'63d0'876a'3d5b;
  return liberties;
}

}  // namespace testing
}  // namespace event

#endif  // TESTS_MODEL_LIBERTIES_H_
