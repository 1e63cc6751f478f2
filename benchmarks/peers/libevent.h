#ifndef BENCHMARKS_PEERS_LIBEVENT_H_
#define BENCHMARKS_PEERS_LIBEVENT_H_

#include <memory>
#include <string>

#include "benchmarks/driver.h"

namespace benchmarks {

// libevent, by event_base and struct event:
// - EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST, so that what is done to a descriptor
//   between two waits costs one system call: a oneshot event that is added
//   again one instead of two, one that is added and deleted none;
// - EVENT_BASE_FLAG_NO_CACHE_TIME, which saves the clock reads of a loop that
//   has no timers;
// - EVENT_BASE_FLAG_NOLOCK, since one thread uses the base;
// - EV_PERSIST for all but oneshot, and EV_ET for edge;
// - struct event inside of an object of the user's (event_assign), which saves
//   an allocation;
// - an eventfd of the user's for waking, as memcached does: libevent's own one
//   needs locks around the base.
std::unique_ptr<Driver> MakeLibevent();

// The version that this program runs with.
std::string LibeventVersion();

}  // namespace benchmarks

#endif  // BENCHMARKS_PEERS_LIBEVENT_H_
