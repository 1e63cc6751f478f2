#ifndef EVENT_TOKEN_H_
#define EVENT_TOKEN_H_

#include <cstdint>
#include <ostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "event/internal/cxx17.h"

namespace event_selector {

// A 64-bit name that the caller gives to a registration and gets back with each
// of its events. The selector never interprets it. Every value is allowed, and
// several registrations may share one.
//
// A token can hold an index, a file descriptor or a pointer (`FromPointer`).
// Best is a token from a `TokenMap`, which detects an event that outlives the
// object it was meant for.
//
// A value type: copying costs nothing, and every member may be called from any
// thread.
class Token {
 public:
  // The token 0.
  constexpr Token() = default;
  explicit constexpr Token(std::uint64_t value) : value_(value) {}

  // Returns a token that holds `pointer`. The object must outlive the
  // registration and all of its events that are still to be handled.
  template <typename T>
  static Token FromPointer(T* pointer) {
    return Token(
        static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(pointer)));
  }

  constexpr std::uint64_t value() const { return value_; }

  // Returns the pointer that was given to `FromPointer`. `T` must be the type
  // given there, or that type with `const` added.
  template <typename T>
  T* pointer() const {
    return reinterpret_cast<T*>(static_cast<std::uintptr_t>(value_));
  }

  friend constexpr bool operator==(Token a, Token b) {
    return a.value_ == b.value_;
  }
  friend constexpr bool operator!=(Token a, Token b) { return !(a == b); }

  template <typename H>
  friend H AbslHashValue(H hash, Token token) {
    return H::combine(std::move(hash), token.value_);
  }

  // Prints the value in decimal.
  template <typename Sink>
  friend void AbslStringify(Sink& sink, Token token) {
    sink.Append(absl::StrCat(token.value_));
  }
  friend std::ostream& operator<<(std::ostream& out, Token token) {
    return out << token.value_;
  }

 private:
  std::uint64_t value_ = 0;
};

}  // namespace event_selector

#endif  // EVENT_TOKEN_H_
