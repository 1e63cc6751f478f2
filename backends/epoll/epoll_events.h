#ifndef BACKENDS_EPOLL_EPOLL_EVENTS_H_
#define BACKENDS_EPOLL_EPOLL_EVENTS_H_

#include <sys/epoll.h>

#include <cstdint>

#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"

namespace event_selector {
namespace epoll {

static_assert(Interest::kReadable.bits() == EPOLLIN);
static_assert(Interest::kWritable.bits() == EPOLLOUT);
static_assert(Interest::kPriority.bits() == EPOLLPRI);
static_assert(Interest::kReadClosed.bits() == EPOLLRDHUP);

static_assert(Readiness::kReadable.bits() == EPOLLIN);
static_assert(Readiness::kWritable.bits() == EPOLLOUT);
static_assert(Readiness::kPriority.bits() == EPOLLPRI);
static_assert(Readiness::kReadClosed.bits() == EPOLLRDHUP);
static_assert(Readiness::kHangup.bits() == EPOLLHUP);
static_assert(Readiness::kError.bits() == EPOLLERR);

static_assert(Mode::kEdge.bits() == EPOLLET);
static_assert(Mode::kOneshot.bits() == EPOLLONESHOT);
static_assert(Mode::kExclusive.bits() == EPOLLEXCLUSIVE);
static_assert(Mode::kKeepAwake.bits() == EPOLLWAKEUP);

// The `events` of epoll_ctl(2) for a registration.
constexpr std::uint32_t EpollEvents(Interest interest, Mode mode) {
  // A parked handle is edge-triggered: the kernel adds EPOLLHUP and EPOLLERR to
  // every mask, and would report them level-triggered for ever.
  const Mode kernel_mode = interest.empty() ? mode | Mode::kEdge : mode;
  return interest.bits() | kernel_mode.bits();
}

}  // namespace epoll
}  // namespace event_selector

#endif  // BACKENDS_EPOLL_EPOLL_EVENTS_H_
