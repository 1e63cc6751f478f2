#include "tests/waker_model/other_steps.h"

#include "tests/waker_model/kernel.h"
#include "tests/waker_model/machine.h"
#include "tests/waker_model/memory.h"
#include "tests/waker_model/state.h"
#include "tests/waker_model/step.h"

namespace event_selector {
namespace testing {
namespace waker_model {
namespace {

// is_awake_forever_, for a thread that holds the mutex: WakeForever sets it as
// soon as it has locked, and all that it does is done before it unlocks.
bool IsAwakeForever(const State& state) {
  return state.is_closed != 0 && state.closer == CloserAt::kEnded;
}

}  // namespace

void MoverSteps(const Machine& machine, const State& from, Visit visit) {
  State next = from;
  const auto did = [&](const char* action, MoverAt at) {
    next.mover = at;
    visit(Step{"the mover", action}, next);
  };
  switch (from.mover) {
    case MoverAt::kCall:
      if (from.mutex_is_held != 0) return;
      if (IsAwakeForever(from) && machine.defect != Defect::kMoveAfterClose) {
        return did("calls ShareToken, after WakeForever", MoverAt::kEnded);
      }
      next.mutex_is_held = 1;
      return did("calls ShareToken", MoverAt::kWatch);
    case MoverAt::kWatch:
      if (machine.defect == Defect::kMoveClearsCounter) next.kernel.Read();
      next.kernel.WatchInNested();
      return did("adds the eventfd to the nested queue",
                 machine.defect == Defect::kMoveWithoutNestedQueue
                     ? MoverAt::kPublish
                     : MoverAt::kDrain);
    case MoverAt::kDrain:
      next.kernel.DrainNested();
      return did("takes the nested queue's event",
                 machine.defect == Defect::kMoveDropsTheEdge ? MoverAt::kAdd
                                                             : MoverAt::kLook);
    case MoverAt::kLook: {
      View nothing = 0;
      const bool is_pending = from.pending.Load(Order::kAcquire, nothing);
      return did(is_pending ? "reads pending_: true" : "reads pending_: false",
                 is_pending ? MoverAt::kRearm : MoverAt::kAdd);
    }
    case MoverAt::kRearm:
      next.kernel.WatchInNested();
      return did("arms the eventfd in the nested queue again", MoverAt::kAdd);
    case MoverAt::kAdd:
      next.kernel.Register(kNested, false);
      return did("adds the nested queue", MoverAt::kPublish);
    case MoverAt::kPublish:
      next.token_is_shared.is_set = 1;
      return did("token_is_shared_ := true", MoverAt::kDelete);
    case MoverAt::kDelete:
      next.kernel.Delete(kEventfd);
      next.mutex_is_held = 0;
      return did("deletes the eventfd", MoverAt::kEnded);
    case MoverAt::kEnded:
      return;
  }
}

// ---- EpollSelector::Close and EventfdWaker::WakeForever

void CloserSteps(const Machine& machine, const State& from, Visit visit) {
  State next = from;
  const auto did = [&](const char* action, CloserAt at) {
    next.closer = at;
    visit(Step{"the closer", action}, next);
  };
  switch (from.closer) {
    case CloserAt::kMark:
      next.is_closed = 1;
      return did("calls Close, usable_generation_ := kClosed", CloserAt::kLock);
    case CloserAt::kLock:
      if (from.mutex_is_held != 0) return;
      next.mutex_is_held = 1;
      return did("locks the mutex", CloserAt::kWrite);
    case CloserAt::kWrite:
      if (!next.kernel.Write()) {
        return did("writes to the eventfd: EAGAIN", CloserAt::kRead);
      }
      return did("writes to the eventfd", CloserAt::kModify);
    case CloserAt::kRead:
      next.kernel.Read();
      return did("reads the eventfd, so that the counter is 0",
                 CloserAt::kWrite);
    case CloserAt::kModify:
      if (machine.defect != Defect::kCloseByWake) {
        next.kernel.Register(
            from.token_is_shared.is_set != 0 ? kNested : kEventfd, true);
      }
      next.mutex_is_held = 0;
      return did("makes it level-triggered and unlocks the mutex",
                 CloserAt::kEnded);
    case CloserAt::kEnded:
      return;
  }
}

// ---- The world outside

void WorldSteps(const State& from, Visit visit) {
  if (from.user_events_left != 0) {
    State next = from;
    --next.user_events_left;
    next.kernel.queued |= kUser;
    next.user_event_is_owed = 1;
    visit(Step{"the world", "makes a user's handle ready"}, next);
  }
  if (from.spurious_writes_left != 0) {
    State next = from;
    if (!next.kernel.Write()) return;
    --next.spurious_writes_left;
    visit(Step{"the world", "writes to the eventfd"}, next);
  }
}

}  // namespace waker_model
}  // namespace testing
}  // namespace event_selector
