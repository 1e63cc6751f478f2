#ifndef BACKENDS_EPOLL_TAGGED_DATA_H_
#define BACKENDS_EPOLL_TAGGED_DATA_H_

#include <cstdint>

#include "backends/epoll/eventfd_waker.h"
#include "event/handle.h"

namespace event_selector {
namespace epoll {

// The data of a kernel's event that name an entry of a table, where others are
// the caller's token itself:
//
//   63          48 47            32 31                    0
//   [    kTag    ][   generation   ][        handle        ]
//
// The waker's data have the tag, too, and for a handle a number that is none. A
// token that has the tag by chance has to be kept in the table.
inline constexpr std::uint64_t kTag = EventfdWaker::kData >> 48;
static_assert(static_cast<Handle>(EventfdWaker::kData) < 0,
              "the waker's data are those of a handle");

constexpr bool IsTagged(std::uint64_t data) { return data >> 48 == kTag; }

constexpr std::uint64_t TaggedData(Handle handle, std::uint16_t generation) {
  return kTag << 48 | std::uint64_t{generation} << 32 |
         static_cast<std::uint32_t>(handle);
}

constexpr Handle HandleOf(std::uint64_t data) {
  return static_cast<Handle>(data);
}

constexpr std::uint16_t GenerationOf(std::uint64_t data) {
  return static_cast<std::uint16_t>(data >> 32);
}

}  // namespace epoll
}  // namespace event_selector

#endif  // BACKENDS_EPOLL_TAGGED_DATA_H_
