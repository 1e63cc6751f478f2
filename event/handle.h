#ifndef EVENT_HANDLE_H_
#define EVENT_HANDLE_H_

#include "event/internal/cxx17.h"

#if defined(_WIN32)
#include <cstdint>
#endif

namespace event_selector {

// The operating system's name for what a selector watches: a file descriptor on
// POSIX systems, a SOCKET on Windows. A selector never owns a handle. It
// neither closes nor duplicates it.
#if defined(_WIN32)
// The same type as Winsock's SOCKET (UINT_PTR), named without Winsock's header.
using Handle = std::uintptr_t;
#else
using Handle = int;
#endif

// The value that is no handle: -1 on POSIX systems, INVALID_SOCKET on Windows.
inline constexpr Handle kInvalidHandle = static_cast<Handle>(-1);

}  // namespace event_selector

#endif  // EVENT_HANDLE_H_
