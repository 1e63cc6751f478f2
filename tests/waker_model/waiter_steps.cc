#include "tests/waker_model/waiter_steps.h"

#include <cstddef>

#include "tests/waker_model/kernel.h"
#include "tests/waker_model/machine.h"
#include "tests/waker_model/memory.h"
#include "tests/waker_model/state.h"
#include "tests/waker_model/step.h"

namespace event_selector {
namespace testing {
namespace waker_model {
namespace {

constexpr const char* kNames[] = {"waiter 1", "waiter 2"};

class Steps {
 public:
  Steps(const Machine& machine, const State& from, std::size_t number,
        Visit visit)
      : machine_(machine), from_(from), number_(number), visit_(visit) {}

  void Run() {
    switch (from_.waiters[number_].at) {
      case WaiterAt::kCall:
        return Call();
      case WaiterAt::kWait:
        return Wait();
      case WaiterAt::kFetched:
        return Fetched();
      case WaiterAt::kClassify:
        return Classify();
      case WaiterAt::kLastPlace:
        return LastPlace();
      case WaiterAt::kClassifyLast:
        return ClassifyLast();
      case WaiterAt::kAcknowledge:
        return Acknowledge();
      case WaiterAt::kAcknowledgeByStore:
        return AcknowledgeByStore();
      case WaiterAt::kEnded:
        return;
    }
  }

 private:
  bool Has(Defect defect) const { return machine_.defect == defect; }
  void Did(const char* action, const State& next,
           const char* broken_claim = nullptr) {
    visit_(Step{kNames[number_], action, broken_claim}, next);
  }
  Waiter& Me(State& state) const { return state.waiters[number_]; }
  const Waiter& Me() const { return from_.waiters[number_]; }
  void Go(const char* action, WaiterAt at) {
    State next = from_;
    Me(next).at = at;
    Did(action, next);
  }

  // IsUsable, whose load may miss the store of `Close`.
  void CheckClosed(const char* action, WaiterAt at) {
    Go(action, at);
    if (from_.is_closed == 0) return;
    State next = from_;
    Me(next).fetched = 0;
    Me(next).at = WaiterAt::kEnded;
    Did("finds the selector closed: returns kCancelled", next);
  }

  void Call() {
    if (!Has(Defect::kAcknowledgeBeforeWait)) {
      return CheckClosed("calls Wait", WaiterAt::kWait);
    }
    State next = from_;
    next.pending.Exchange(false, machine_.acknowledge, Me(next).view);
    Me(next).at = WaiterAt::kWait;
    Did("calls Wait, pending_ := false", next);
  }

  // Each way to fill the span from the ready list, in any order.
  void Wait() {
    for (Sources taken = 1; taken <= from_.kernel.queued; ++taken) {
      const int available = Count(from_.kernel.queued);
      const int count = machine_.room < available ? machine_.room : available;
      if ((taken & ~from_.kernel.queued) != 0 || Count(taken) != count) {
        continue;
      }
      State next = from_;
      for (const Sources source : kAllSources) {
        if ((taken & source) != 0 && next.kernel.Take(source)) {
          AddTo(Me(next).fetched, source);
        }
      }
      const int fetched = Count(Me(next).fetched);
      Me(next).is_full = fetched == machine_.room ? 1 : 0;
      if (fetched != 0) Me(next).at = WaiterAt::kFetched;
      Did(ActionFor(Me(next).fetched), next);
    }
  }

  static const char* ActionFor(Sources fetched) {
    const bool is_woken = (fetched & (kEventfd | kNested)) != 0;
    if ((fetched & kUser) == 0) {
      return is_woken ? "fetches a wake-up" : "fetches nothing";
    }
    return is_woken ? "fetches a wake-up and a user's event"
                    : "fetches a user's event";
  }

  // Without a wake-up among the events, only some timeouts lead past the look
  // at whether the selector is closed.
  void Fetched() {
    CheckClosed("finds the selector open", WaiterAt::kClassify);
    if (Me().fetched == kUser) {
      State next = from_;
      Me(next).fetched = 0;
      Me(next).events = kUser;
      Return("returns the event", next);
    }
  }

  // IsWakeUp: every event of the nested queue's is one, and the eventfd's while
  // the token is not known to be shared.
  void Classify() {
    const Sources fetched = Me().fetched;
    if ((fetched & kEventfd) == 0) {
      return Classified("looks for wake-ups", fetched & kUser);
    }
    if (from_.token_is_shared.MayReadFalse(kSharedBit, Me().view)) {
      Classified("finds the token unshared", fetched & kUser);
    }
    if (from_.token_is_shared.MayReadTrue()) {
      State next = from_;
      AddTo(Me(next).view, kSharedBit);
      Classified("finds the token shared: a user's event",
                 fetched & (kUser | kEventfd), next);
    }
  }
  void Classified(const char* action, Sources events) {
    Classified(action, events, from_);
  }
  void Classified(const char* action, Sources events, State next) {
    const Sources fetched = Me().fetched;
    Me(next).events = events;
    Me(next).fetched = 0;
    if (events == fetched) return Return(action, next);
    const bool has_place =
        Me().is_full != 0 && !Has(Defect::kAcknowledgeBeforeTheLastPlace);
    if (Has(Defect::kDropEventsOnWake)) Me(next).events = 0;
    Me(next).at = has_place ? WaiterAt::kLastPlace : WaiterAt::kAcknowledge;
    Did(action, next);
  }

  // FillLastPlace: epoll_wait with room for one and without blocking.
  void LastPlace() {
    bool is_empty = true;
    for (const Sources source : kAllSources) {
      if ((from_.kernel.queued & source) == 0) continue;
      is_empty = false;
      State next = from_;
      if (next.kernel.Take(source)) {
        Me(next).fetched = source;
        Me(next).at = WaiterAt::kClassifyLast;
      }
      Did("fetches one more for the last place", next);
    }
    if (!is_empty) return;
    State next = from_;
    LeaveLastPlace("finds nothing for the last place", next);
  }

  void ClassifyLast() {
    const Sources last = Me().fetched;
    State next = from_;
    Me(next).fetched = 0;
    if (last == kEventfd && from_.token_is_shared.MayReadTrue()) {
      State shared = next;
      AddTo(Me(shared).view, kSharedBit);
      AddTo(Me(shared).events, last);
      LeaveLastPlace("finds the token shared: a user's event", shared);
    }
    if (last == kEventfd &&
        !from_.token_is_shared.MayReadFalse(kSharedBit, Me().view)) {
      return;
    }
    if (last == kUser) AddTo(Me(next).events, kUser);
    LeaveLastPlace(last == kUser ? "puts a user's event into the last place"
                                 : "leaves a wake-up out",
                   next);
  }

  void LeaveLastPlace(const char* action, State next) {
    if (Has(Defect::kAcknowledgeBeforeTheLastPlace)) {
      return Finish(action, next, Me().is_asked_for != 0);
    }
    Me(next).at = WaiterAt::kAcknowledge;
    Did(action, next);
  }

  void Acknowledge() {
    State next = from_;
    if (Has(Defect::kAcknowledgeBeforeWait)) {
      return Finish("leaves pending_ as it is", next, true);
    }
    if (Has(Defect::kLoadAndStoreInAcknowledge)) {
      Me(next).is_asked_for =
          next.pending.Load(Order::kAcquire, Me(next).view) ? 1 : 0;
      Me(next).at = WaiterAt::kAcknowledgeByStore;
      return Did("reads pending_", next);
    }
    const bool is_asked_for =
        next.pending.Exchange(false, machine_.acknowledge, Me(next).view);
    const char* const action = is_asked_for
                                   ? "pending_ := false, was true"
                                   : "pending_ := false, was false already";
    if (Has(Defect::kAcknowledgeBeforeTheLastPlace) && Me().is_full != 0) {
      Me(next).is_asked_for = is_asked_for ? 1 : 0;
      Me(next).at = WaiterAt::kLastPlace;
      return Did(action, next);
    }
    Finish(action, next, is_asked_for);
  }

  void AcknowledgeByStore() {
    State next = from_;
    next.pending.Store(false, Order::kRelease, Me(next).view);
    Finish("pending_ := false by a store", next, Me().is_asked_for != 0);
  }

  void Finish(const char* action, State next, bool is_asked_for) {
    Me(next).is_asked_for = 0;
    if (is_asked_for || Me(next).events != 0 || Has(Defect::kIgnoreNoEvent)) {
      return Return(action, next);
    }
    Me(next).is_full = 0;
    Me(next).at = WaiterAt::kWait;
    Did(action, next);
  }

  // The call is over: its thread has seen what it has seen.
  void Return(const char* action, State next) {
    const Sources events = Me(next).events;
    const bool is_unasked = events == 0 && next.calls_unanswered == 0;
    if (events == 0 && !is_unasked) --next.calls_unanswered;
    AddTo(next.seen, Me(next).view);
    Me(next).events = 0;
    Me(next).is_full = 0;
    Me(next).at = WaiterAt::kCall;
    if ((events & kUser) != 0) {
      const Waiter& other = next.waiters[1 - number_];
      const Sources left = next.kernel.queued | other.fetched | other.events;
      next.user_event_is_owed = (left & kUser) != 0 ? 1 : 0;
    }
    Did(action, next,
        is_unasked ? "K2: more returns without an event than calls of Wake"
                   : nullptr);
  }

  const Machine& machine_;
  const State& from_;
  const std::size_t number_;
  const Visit visit_;
};

}  // namespace

void WaiterSteps(const Machine& machine, const State& from, std::size_t number,
                 Visit visit) {
  Steps(machine, from, number, visit).Run();
}

}  // namespace waker_model
}  // namespace testing
}  // namespace event_selector
