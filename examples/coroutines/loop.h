#ifndef EXAMPLES_COROUTINES_LOOP_H_
#define EXAMPLES_COROUTINES_LOOP_H_

#include <functional>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/timer_id.h"
#include "event/timer_queue.h"
#include "event/token.h"
#include "event/token_map.h"
#include "examples/coroutines/task.h"

namespace examples {
namespace coroutines {

// A loop for coroutines, in one thread.
class Loop {
 public:
  // `selector` must outlive this object. `now` is a clock that does not jump.
  Loop(event_selector::Selector& selector, std::function<absl::Duration()> now)
      : selector_(selector), now_(std::move(now)) {}
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  // Destroys all coroutines where they are suspended.
  ~Loop() {
    while (!roots_.empty()) {
      std::coroutine_handle<>::from_address(*roots_.begin()).destroy();
    }
  }

  // Runs `task` until it waits for the first time. The loop does the rest, and
  // forgets what it returns.
  void Spawn(Task<> task) { Own(*this, std::move(task)); }

  // To be awaited: `handle` is ready. It is registered for as long as a
  // coroutine waits for it, and may be closed when none does. Returns what the
  // selector reports, which may also be an error or a hang-up, or why it
  // cannot: the errors of `Add`, kAlreadyExists if another coroutine waits for
  // it.
  auto Ready(event_selector::Handle handle, event_selector::Interest interest) {
    return HandleWait(*this, handle, interest);
  }
  auto Readable(event_selector::Handle handle) {
    return Ready(handle, event_selector::Interest::kReadable);
  }
  auto Writable(event_selector::Handle handle) {
    return Ready(handle, event_selector::Interest::kWritable);
  }
  // To be awaited: `time` has passed. With zero, all others have their turn.
  auto Sleep(absl::Duration time) { return SleepWait(*this, time); }

  // One `Wait`, and all that comes of it.
  absl::Status Turn() {
    event_selector::Event room[64];
    const absl::StatusOr<absl::Span<event_selector::Event>> events =
        selector_.Wait(absl::MakeSpan(room), timers_.UntilNext(now_()));
    if (!events.ok()) return events.status();
    for (const event_selector::Event& event : *events) {
      // Null: cancelled by what another event has resumed.
      HandleWait** const wait = waits_.Find(event.token);
      if (wait != nullptr) (*wait)->Resume(event.readiness);
    }
    const absl::Duration now = now_();
    while (auto due = timers_.PopDue(now)) due->resume();
    return absl::OkStatus();
  }
  // Goes on until all that was spawned is done, or `Wait` fails. An exception
  // of a coroutine comes out of both.
  absl::Status Run() {
    absl::Status status;
    while (status.ok() && !roots_.empty()) status = Turn();
    return status;
  }

 private:
  // Can be moved until it is awaited.
  class HandleWait {
   public:
    HandleWait(Loop& loop, event_selector::Handle handle,
               event_selector::Interest interest)
        : loop_(loop), handle_(handle), interest_(interest) {}
    HandleWait(HandleWait&&) = default;
    ~HandleWait() {
      if (waiting_) End().IgnoreError();
    }
    bool await_ready() { return false; }
    bool await_suspend(std::coroutine_handle<> waiting) {
      token_ = loop_.waits_.Insert(this);
      const absl::Status added =
          loop_.selector_.Add(handle_, token_, interest_);
      if (added.ok()) {
        waiting_ = waiting;
      } else {
        result_ = added;
        loop_.waits_.Erase(token_);
      }
      return added.ok();
    }
    absl::StatusOr<event_selector::Readiness> await_resume() { return result_; }
    void Resume(event_selector::Readiness readiness) {
      const std::coroutine_handle<> waiting = waiting_;
      const absl::Status ended = End();
      result_ = ended.ok()
                    ? absl::StatusOr<event_selector::Readiness>(readiness)
                    : absl::StatusOr<event_selector::Readiness>(ended);
      waiting.resume();
    }

   private:
    absl::Status End() {
      waiting_ = nullptr;
      loop_.waits_.Erase(token_);
      return loop_.selector_.Remove(handle_);
    }
    Loop& loop_;
    event_selector::Handle handle_;
    event_selector::Interest interest_;
    event_selector::Token token_;
    std::coroutine_handle<> waiting_;
    absl::StatusOr<event_selector::Readiness> result_;
  };

  // Can be moved until it is awaited.
  class SleepWait {
   public:
    SleepWait(Loop& loop, absl::Duration time) : loop_(loop), time_(time) {}
    SleepWait(SleepWait&&) = default;
    ~SleepWait() { loop_.timers_.Cancel(timer_); }
    bool await_ready() { return false; }
    bool await_suspend(std::coroutine_handle<> waiting) {
      const auto added = loop_.timers_.Add(loop_.now_() + time_, waiting);
      if (added.ok()) timer_ = *added;
      result_ = added.status();
      return added.ok();
    }
    absl::Status await_resume() { return result_; }

   private:
    Loop& loop_;
    absl::Duration time_;
    event_selector::TimerId timer_;
    absl::Status result_;
  };

  // Owns a task that was spawned, and is itself destroyed at its end.
  struct Root {
    struct promise_type {
      promise_type(Loop& owner, Task<>& /*task*/) : loop(owner) {
        loop.roots_.insert(own().address());
      }
      ~promise_type() { loop.roots_.erase(own().address()); }
      std::coroutine_handle<promise_type> own() {
        return std::coroutine_handle<promise_type>::from_promise(*this);
      }
      Root get_return_object() { return {}; }
      std::suspend_never initial_suspend() noexcept { return {}; }
      std::suspend_never final_suspend() noexcept { return {}; }
      void return_void() {}
      void unhandled_exception() { throw; }
      Loop& loop;
    };
  };
  static Root Own(Loop& /*loop*/, Task<> task) {
    (co_await task).IgnoreError();
  }

  event_selector::Selector& selector_;
  const std::function<absl::Duration()> now_;
  absl::flat_hash_set<void*> roots_;
  event_selector::TokenMap<HandleWait*> waits_;
  event_selector::TimerQueue<std::coroutine_handle<>> timers_;
};

}  // namespace coroutines
}  // namespace examples

#endif  // EXAMPLES_COROUTINES_LOOP_H_
