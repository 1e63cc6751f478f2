#ifndef EVENT_INTERNAL_FLAG_SET_H_
#define EVENT_INTERNAL_FLAG_SET_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "event/internal/cxx17.h"

namespace event_selector {
namespace internal {

struct FlagName {
  std::uint32_t bit;
  absl::string_view name;
};

// "readable|hangup" for the bits that `names` lists, in its order; bits without
// a name are added in hexadecimal; `empty_name` where no bit is set.
std::string FlagSetToString(std::uint32_t bits,
                            absl::Span<const FlagName> names,
                            absl::string_view empty_name);

// What `Interest`, `Mode` and `Readiness` have in common: a set of flags in 32
// bits that is a type of its own, so that one kind is never taken for another.
// `Set` derives from `FlagSet<Set>` and has `std::string ToString() const`.
template <typename Set>
class FlagSet {
 public:
  // The set whose members are the bits of `bits`. Meant for backends and for
  // storage: a selector refuses bits that name nothing.
  static constexpr Set FromBits(std::uint32_t bits) {
    Set set;
    set.bits_ = bits;
    return set;
  }
  constexpr std::uint32_t bits() const { return bits_; }

  constexpr bool empty() const { return bits_ == 0; }

  // Whether every member of `other` is in this set, too.
  constexpr bool contains(Set other) const {
    return (bits_ & other.bits_) == other.bits_;
  }

  friend constexpr Set operator|(Set a, Set b) {
    return FromBits(a.bits_ | b.bits_);
  }
  friend constexpr Set operator&(Set a, Set b) {
    return FromBits(a.bits_ & b.bits_);
  }
  // The members of `a` that are not in `b`.
  friend constexpr Set operator-(Set a, Set b) {
    return FromBits(a.bits_ & ~b.bits_);
  }
  constexpr Set& operator|=(Set other) {
    bits_ |= other.bits_;
    return static_cast<Set&>(*this);
  }
  constexpr Set& operator&=(Set other) {
    bits_ &= other.bits_;
    return static_cast<Set&>(*this);
  }
  constexpr Set& operator-=(Set other) {
    bits_ &= ~other.bits_;
    return static_cast<Set&>(*this);
  }
  friend constexpr bool operator==(Set a, Set b) { return a.bits_ == b.bits_; }
  friend constexpr bool operator!=(Set a, Set b) { return a.bits_ != b.bits_; }

  template <typename H>
  friend H AbslHashValue(H hash, const Set& set) {
    return H::combine(std::move(hash), set.bits());
  }
  template <typename Sink>
  friend void AbslStringify(Sink& sink, const Set& set) {
    sink.Append(set.ToString());
  }
  friend std::ostream& operator<<(std::ostream& out, const Set& set) {
    return out << set.ToString();
  }

 private:
  friend Set;  // Only `Set` itself derives from this.
  constexpr FlagSet() = default;

  std::uint32_t bits_ = 0;
};

}  // namespace internal
}  // namespace event_selector

#endif  // EVENT_INTERNAL_FLAG_SET_H_
