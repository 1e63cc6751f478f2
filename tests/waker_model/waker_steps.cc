#include "tests/waker_model/waker_steps.h"

#include <cstddef>
#include <cstdint>

#include "tests/waker_model/machine.h"
#include "tests/waker_model/memory.h"
#include "tests/waker_model/state.h"
#include "tests/waker_model/step.h"

namespace event_selector {
namespace testing {
namespace waker_model {
namespace {

constexpr const char* kNames[] = {"waker A", "waker B"};

class Steps {
 public:
  Steps(const Machine& machine, const State& from, std::size_t number,
        Visit visit)
      : machine_(machine), from_(from), number_(number), visit_(visit) {}

  void Run() {
    switch (from_.wakers[number_].at) {
      case WakerAt::kCall:
        return Call();
      case WakerAt::kExchange:
        return Exchange();
      case WakerAt::kStore:
        return Store();
      case WakerAt::kWrite:
        return Write();
      case WakerAt::kRead:
        return Read();
      case WakerAt::kFailed:
        return Failed();
    }
  }

 private:
  void Did(const char* action, const State& next) {
    visit_(Step{kNames[number_], action}, next);
  }
  Waker& Me(State& state) const { return state.wakers[number_]; }
  View Data() const {
    return DataOf(number_, from_.wakers[number_].calls_left);
  }
  // The call is over, and has been successful if `is_sent`.
  void Return(State& state, bool is_sent) const {
    if (is_sent) AddTo(state.owed, Data());
    Me(state).at = WakerAt::kCall;
    --Me(state).calls_left;
  }

  void Call() {
    if (from_.wakers[number_].calls_left == 0) return;
    if (from_.is_closed != 0) {
      State next = from_;
      Return(next, false);
      Did("finds the selector closed", next);
    }
    State next = from_;
    AddTo(Me(next).view, Data());
    Me(next).at = WakerAt::kExchange;
    Did("writes its data and calls Wake", next);
  }

  void Exchange() {
    State next = from_;
    const bool is_loaded = machine_.defect == Defect::kLoadAndStoreInWake;
    const bool was_pending =
        is_loaded ? next.pending.Load(Order::kAcquire, Me(next).view)
                  : next.pending.Exchange(true, machine_.wake, Me(next).view);
    ++next.calls_unanswered;
    if (was_pending) {
      AddTo(next.joined, Data());
      Return(next, true);
      return Did("pending_ := true, and it is already: done", next);
    }
    next.leader = static_cast<std::uint8_t>(number_);
    next.joined = 0;
    Me(next).at = is_loaded ? WakerAt::kStore : WakerAt::kWrite;
    if (machine_.defect == Defect::kSkipWriteWhereNobodyWaits &&
        from_.waiters[0].at != WaiterAt::kWait &&
        from_.waiters[1].at != WaiterAt::kWait) {
      Return(next, true);
    }
    Did(is_loaded ? "reads pending_: false" : "pending_ := true, was false",
        next);
  }

  void Store() {
    State next = from_;
    next.pending.Store(true, Order::kRelease, Me(next).view);
    Me(next).at = WakerAt::kWrite;
    Did("pending_ := true by a store", next);
  }

  void Write() {
    State next = from_;
    if (next.kernel.Write()) {
      Return(next, true);
      Did("writes to the eventfd", next);
    } else {
      Me(next).at = WakerAt::kRead;
      Did("writes to the eventfd: EAGAIN", next);
    }
    if (!machine_.writes_may_fail) return;
    next = from_;
    Me(next).at = WakerAt::kFailed;
    Did("writes to the eventfd: an error", next);
  }

  void Read() {
    State next = from_;
    next.kernel.Read();
    Me(next).at = WakerAt::kWrite;
    Did("reads the eventfd, so that the counter is 0", next);
  }

  void Failed() {
    State next = from_;
    if (machine_.is_joining_excused && next.leader == number_) {
      // Not owed, by the bits seen: nobody needs to see them any more.
      AddTo(next.seen, next.joined);
    }
    Return(next, false);
    if (machine_.defect == Defect::kKeepPendingWhereWriteFails) {
      return Did("returns an error", next);
    }
    // A store may also come before another one that nobody has exchanged yet,
    // and then it changes nothing.
    if (next.pending.is_stored != 0) {
      Did("pending_ := false before another store, returns an error", next);
    }
    next.pending.Store(false, Order::kRelease, Me(next).view);
    Did("pending_ := false, returns an error", next);
  }

  const Machine& machine_;
  const State& from_;
  const std::size_t number_;
  const Visit visit_;
};

}  // namespace

void WakerSteps(const Machine& machine, const State& from, std::size_t number,
                Visit visit) {
  Steps(machine, from, number, visit).Run();
}

}  // namespace waker_model
}  // namespace testing
}  // namespace event_selector
