#ifndef BENCHMARKS_PEERS_ASIO_H_
#define BENCHMARKS_PEERS_ASIO_H_

#include <cstdint>
#include <memory>
#include <string>

#include "benchmarks/driver.h"
#include "benchmarks/postbox.h"
#include "benchmarks/timers.h"

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
//
// Its code is compiled twice, with epoll and with its io_uring service
// (ASIO_HAS_IO_URING, ASIO_DISABLE_EPOLL), in which the namespace `asio` has
// another name: each macro makes other classes of the same names.
namespace asio_on_epoll {
std::unique_ptr<Driver> MakeAsio();
// steady_timer with the executor of io_context; expires_after and async_wait,
// from a handler.
std::unique_ptr<Timers> MakeAsioTimers(std::uint32_t count);
// asio::post.
std::unique_ptr<Postbox> MakeAsioPostbox();
// The version that this program runs with.
std::string AsioVersion();
}  // namespace asio_on_epoll

namespace asio_on_io_uring {
std::unique_ptr<Driver> MakeAsio();
std::unique_ptr<Timers> MakeAsioTimers(std::uint32_t count);
std::unique_ptr<Postbox> MakeAsioPostbox();
std::string AsioVersion();
}  // namespace asio_on_io_uring

}  // namespace benchmarks

#endif  // BENCHMARKS_PEERS_ASIO_H_
