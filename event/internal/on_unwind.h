#ifndef EVENT_INTERNAL_ON_UNWIND_H_
#define EVENT_INTERNAL_ON_UNWIND_H_

#include <utility>

namespace event_selector {
namespace internal {

// Calls a function if the scope is left before `Dismiss`: by an exception, or
// since the thread is cancelled, which unwinds its stack as an exception does
// (glibc, and the BSDs with exceptions). Costs nothing where neither happens:
//
//   OnUnwind give_back([&] { ... });
//   count = poll(...);
//   give_back.Dismiss();
//
// The function must not throw.
template <typename Function>
class OnUnwind {
 public:
  explicit OnUnwind(Function function) : function_(std::move(function)) {}
  OnUnwind(const OnUnwind&) = delete;
  OnUnwind& operator=(const OnUnwind&) = delete;
  ~OnUnwind() {
    if (!is_dismissed_) function_();
  }

  void Dismiss() { is_dismissed_ = true; }

 private:
  Function function_;
  bool is_dismissed_ = false;
};

}  // namespace internal
}  // namespace event_selector

#endif  // EVENT_INTERNAL_ON_UNWIND_H_
