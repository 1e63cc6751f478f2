#ifndef EXAMPLES_COROUTINES_TASK_H_
#define EXAMPLES_COROUTINES_TASK_H_

// Clang before 16 has coroutines, but GCC's header asks for this.
#if defined(__clang__) && !defined(__cpp_impl_coroutine)
#define __cpp_impl_coroutine 201902L
#endif
#include <coroutine>
#include <cstddef>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>

#include "absl/status/status.h"

namespace examples {
namespace coroutines {

// A coroutine that returns a `T`. It starts when it is awaited. To cancel it,
// destroy this object: the coroutine ends where it is suspended, its variables
// are destroyed, and with them all that it awaits.
template <typename T = absl::Status>
class [[nodiscard]] Task {
 public:
  struct promise_type {
    struct ResumeParent : std::suspend_always {
      std::coroutine_handle<> await_suspend(
          std::coroutine_handle<promise_type> done) noexcept {
        return done.promise().parent;
      }
    };
    Task get_return_object() {
      return Task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    ResumeParent final_suspend() noexcept { return {}; }
    void return_value(T value) { result.emplace(std::move(value)); }
    void unhandled_exception() { throw; }  // Out of `Loop::Turn`.

    std::coroutine_handle<> parent = std::noop_coroutine();
    std::optional<T> result;
  };

  Task(Task&& other) noexcept : own_(std::exchange(other.own_, nullptr)) {}
  ~Task() {
    if (own_) own_.destroy();
  }

  bool await_ready() { return false; }
  // Calls the task, so that the stack does not grow with each one that never
  // suspends, as it would if one passed control on to the next.
  bool await_suspend(std::coroutine_handle<> parent) {
    own_.resume();
    if (!own_.done()) own_.promise().parent = parent;
    return !own_.done();
  }
  T await_resume() { return *std::move(own_.promise().result); }
  bool done() const { return own_.done(); }

 private:
  explicit Task(std::coroutine_handle<promise_type> own) : own_(own) {}

  std::coroutine_handle<promise_type> own_;
};

template <typename Awaitable>
using ResultOf = decltype(std::declval<Awaitable&>().await_resume());

template <typename Awaitable>
Task<ResultOf<Awaitable>> AsTask(Awaitable awaitable) {
  co_return co_await awaitable;
}

// Starts `tasks`, up to one that is done at once. Ends when the first is done.
template <typename... Ts>
struct FirstOf : std::suspend_always {
  explicit FirstOf(std::tuple<Task<Ts>...>& all) : tasks(all) {}
  bool await_suspend(std::coroutine_handle<> parent) {
    const auto start = [&](Task<Ts>&... each) {
      return (each.await_suspend(parent) && ...);
    };
    return std::apply(start, tasks);
  }
  std::tuple<Task<Ts>...>& tasks;
};

// Awaits several things, and cancels the others when the first is there:
//
//   auto first = co_await WhenAny(loop.Readable(socket), loop.Sleep(patience));
//   if (first.index() == 1) co_return absl::DeadlineExceededError("too late");
//
// The result has the index of the first one, and what it returned.
template <typename... As>
Task<std::variant<ResultOf<As>...>> WhenAny(As... awaitables) {
  using Result = std::variant<ResultOf<As>...>;
  std::tuple<Task<ResultOf<As>>...> tasks(AsTask(std::move(awaitables))...);
  co_await FirstOf<ResultOf<As>...>(tasks);
  std::optional<Result> first;
  const auto take = [&]<std::size_t kIndex>() {
    auto& task = std::get<kIndex>(tasks);
    if (first || !task.done()) return;
    first.emplace(std::in_place_index<kIndex>, task.await_resume());
  };
  [&]<std::size_t... kIndex>(std::index_sequence<kIndex...>) {
    (take.template operator()<kIndex>(), ...);
  }
  (std::index_sequence_for<As...>());
  co_return* std::move(first);
}

}  // namespace coroutines
}  // namespace examples

#endif  // EXAMPLES_COROUTINES_TASK_H_
