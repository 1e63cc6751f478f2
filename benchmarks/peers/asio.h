#ifndef BENCHMARKS_PEERS_ASIO_H_
#define BENCHMARKS_PEERS_ASIO_H_

#include <memory>
#include <string>

#include "benchmarks/driver.h"

namespace benchmarks {

// Asio without Boost, by posix::stream_descriptor and async_wait, its interface
// for readiness (null_buffers is the older spelling of it):
// - async_wait is oneshot by nature. Level is async_wait again after each
// event.
//   There is no edge triggering to be had, although the reactor below uses it;
// - basic_stream_descriptor on io_context's own executor type, which saves the
//   type erasure of any_io_executor;
// - ASIO_CONCURRENCY_HINT_UNSAFE_IO: one thread, no locks in the reactor, and
//   post still allowed from other threads, which is the waker, with a flag of
//   the user's that keeps a second one from being posted while one waits;
// - run_one for each event, rather than run and stop: stop costs a system call
//   and a wait that finds only that. And poll_one where nothing may block: poll
//   ends only when nothing is ready any more.
std::unique_ptr<Driver> MakeAsio();

// The version that this program runs with.
std::string AsioVersion();

}  // namespace benchmarks

#endif  // BENCHMARKS_PEERS_ASIO_H_
