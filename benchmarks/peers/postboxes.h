#ifndef BENCHMARKS_PEERS_POSTBOXES_H_
#define BENCHMARKS_PEERS_POSTBOXES_H_

#include <memory>

#include "benchmarks/postbox.h"

namespace benchmarks {

// The libraries merge calls while one is pending, and their manuals say so. So
// each item is followed by a call, as in the programs that rely on that.

// A queue with a mutex, and ev_async_send.
std::unique_ptr<Postbox> MakeLibevPostbox();

// A queue with a mutex, and event_active in a base with locks.
std::unique_ptr<Postbox> MakeLibeventPostbox();

// A queue with a mutex, and uv_async_send.
std::unique_ptr<Postbox> MakeLibuvPostbox();

}  // namespace benchmarks

#endif  // BENCHMARKS_PEERS_POSTBOXES_H_
