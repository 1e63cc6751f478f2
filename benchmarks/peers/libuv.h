#ifndef BENCHMARKS_PEERS_LIBUV_H_
#define BENCHMARKS_PEERS_LIBUV_H_

#include <memory>
#include <string>

#include "benchmarks/driver.h"

namespace benchmarks {

// libuv, by uv_poll_t, which is level-triggered; there is neither edge
// triggering nor oneshot. Each descriptor needs uv_poll_init and uv_close,
// whose callback comes with a later turn: the handle lives until then.
// uv_async_t for waking.
std::unique_ptr<Driver> MakeLibuv();

// The version that this program runs with.
std::string LibuvVersion();

}  // namespace benchmarks

#endif  // BENCHMARKS_PEERS_LIBUV_H_
