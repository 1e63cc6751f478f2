#ifndef TESTS_KQUEUE_SHIM_SHIM_FAULTS_H_
#define TESTS_KQUEUE_SHIM_SHIM_FAULTS_H_

#include <sys/event.h>
#include <time.h>

#include "tests/kqueue_shim/kqueue_shim.h"

namespace event_selector {
namespace testing {

// What KqueueFaults (kqueue_shim.h) does to the calling thread's calls. All of
// it does nothing where none are installed.

// Those that are installed, or null.
KqueueFaults* InstalledFaults();

// A moment before or after a call, to be called without locks and with the
// caller's signal mask.
void PassMoment();

// Notes the call's arguments, and returns the errno that it is to fail with, or
// 0.
int BeginCall(int changes, int room, const timespec* timeout);

// The errno that a change is to fail with, or 0.
int ErrorOfChange(const struct kevent& change);

// Takes one off a counter. False if it is 0.
bool TakeOne(int KqueueFaults::*counter);

// Puts an entry with EV_ERROR among the `count` events, if one is due.
void AddStrayError(struct kevent* events, int room, int& count);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_KQUEUE_SHIM_SHIM_FAULTS_H_
