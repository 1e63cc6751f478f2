#include "examples/common/stop_signal.h"

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "event/selector.h"
#include "examples/common/process.h"

namespace examples {
namespace {

std::atomic<StopSignal*> current(nullptr);
// Handlers that run now: a signal may interrupt any thread while another
// destroys the object.
std::atomic<int> running(0);
static_assert(std::atomic<bool>::is_always_lock_free &&
                  std::atomic<int>::is_always_lock_free &&
                  std::atomic<StopSignal*>::is_always_lock_free,
              "a lock in a signal handler may never be had");

}  // namespace

StopSignal::StopSignal(std::vector<event_selector::Selector*> selectors)
    : selectors_(std::move(selectors)) {
  current.store(this);
  OnEndOfProcess(&StopSignal::Handle);
}

StopSignal::~StopSignal() {
  current.store(nullptr);
  while (running.load() > 0) std::this_thread::yield();
}

void StopSignal::Handle(int /*signal*/) {
  running.fetch_add(1);
  StopSignal* const self = current.load();
  if (self != nullptr) {
    self->requested_.store(true);
    for (event_selector::Selector* const selector : self->selectors_) {
      selector->Wake().IgnoreError();
    }
  }
  running.fetch_sub(1);
}

}  // namespace examples
