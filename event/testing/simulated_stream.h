#ifndef EVENT_TESTING_SIMULATED_STREAM_H_
#define EVENT_TESTING_SIMULATED_STREAM_H_

#include <array>
#include <cstddef>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/strings/string_view.h"
#include "event/handle.h"
#include "event/readiness.h"
#include "event/testing/internal/simulation_core.h"
#include "event/testing/internal/stream_end.h"
#include "event/testing/simulation.h"

namespace event_selector {
namespace testing {

struct SimulatedStreamOptions {
  // How many bytes one end can be sent that it has not read yet, as the buffers
  // of both ends together are for a real connection. Writes take what fits.
  // `SimulatedStreams::SetWindow` sets it for one end.
  std::size_t window = 64 * 1024;

  // How often a read or a write of the code under test moves only a part of
  // what it could: a probability from 0 (never) to 1 (each time). The part is
  // at least one byte. The rest counts as come, and the room as made, right
  // after the call: an edge tells of it. The choices come from
  // SimulationOptions::seed.
  double short_read = 0;
  double short_write = 0;

  // Whether a reset takes with it what has arrived and was not read yet. That
  // is what may happen to any program whose peer closes a connection with
  // unread input. (Linux lets the program read on; false does so, too.)
  bool reset_discards_unread = true;
};

// Connections and listeners without a system behind them, for tests with a
// SimulatedSelector. Their handles are the simulation's, and the readiness of
// each follows by itself from what was written, read, shut down and closed. So
// a test says what the clients do, and the loop under test is told what a real
// selector would tell it.
//
// The code under test calls `Read`, `Write`, `Accept`, `Connect`,
// `ShutdownWrite`, `Close` and `TakeError` in place of the system's functions.
// They return what read(2), send(2) and so on return for non-blocking sockets:
// -1 and `errno` if they fail. (Code that calls the system directly needs a
// seam: a class with these functions, or a file with them that the test's
// program is linked with instead. examples/common/socket_calls.h is one.)
//
//   event_selector::testing::Simulation simulation;
//   event_selector::testing::SimulatedSelector selector(simulation);
//   event_selector::testing::SimulatedStreamOptions narrow;
//   narrow.window = 20;  // Bytes, so that writes soon find no room.
//   event_selector::testing::SimulatedStreams streams(simulation, narrow);
//   const auto ends = streams.MakePair();
//   const Handle peer = ends.peer;
//   simulation.At(absl::Seconds(1), [&] { streams.Write(peer, "hello"); });
//   simulation.At(absl::Seconds(2), [&] { streams.ShutdownWrite(peer); });
//
//   // Reads and writes by `streams` until the peer sends no more.
//   EXPECT_TRUE(Echo(selector, streams, ends.program).ok());
//   EXPECT_EQ(streams.ReadAll(peer), "hello");
//   EXPECT_TRUE(streams.HasEnded(peer));  // Was closed, and not reset.
//
// docs/guide.md ("Testing your own code") has such an Echo, and tests it with a
// hundred seeds.
//
// Everything happens at once, and in the order of the calls: what is written is
// there to be read, without a delay. Use `Simulation::At` for what happens
// later, and SimulatedFaults::late_event for events that lag behind. The same
// seed and calls give the same results on every system.
//
// What holds for an end, and so P1 to P3 of docs/contract.md, is what Linux's
// TCP says:
//   kReadable    there is something to read, or the end of the stream
//   kReadClosed  the peer will send no more (or the connection was reset)
//   kWritable    the peer has room; also after the own end of sending, and
//                after a reset: a write then fails at once
//   kHangup      both directions have ended, or the connection was reset
//   kError       there is an error for `TakeError` or the next call to return
// and for a listener:
//   kReadable    a client waits to be accepted
// There is no out-of-band data (kPriority).
//
// Errors, besides those named below: EBADF for a handle that is closed or not
// of these streams; ENOTCONN for a listener where a connection is needed.
//
// Thread-safe. The simulation must outlive this object.
class SimulatedStreams {
 public:
  explicit SimulatedStreams(Simulation& simulation,
                            const SimulatedStreamOptions& options = {});
  SimulatedStreams(const SimulatedStreams&) = delete;
  SimulatedStreams& operator=(const SimulatedStreams&) = delete;
  // Forgets all connections. Their handles stay open in the simulation.
  ~SimulatedStreams();

  // ---- What the test makes

  struct Pair {
    Handle program = kInvalidHandle;  // For the code under test.
    Handle peer = kInvalidHandle;     // For the test.
  };
  // Makes two ends that are connected.
  Pair MakePair();

  // Makes a listener. `backlog` clients may wait to be accepted. Those that
  // come then are not connected yet, and get the places that become free.
  Handle MakeListener(std::size_t backlog = 128);

  // Makes a client of `listener`: a test's end of a new connection. It can send
  // before it is accepted. It is refused if `listener` is not open.
  Handle MakeClient(Handle listener);

  // Sets how many connections the code under test may have open, those that
  // exist included: from then on `Accept` and `Connect` fail with EMFILE, and
  // the clients wait in the listener's queue. No limit at the beginning.
  void SetMostHandles(std::size_t most);

  // Sets the window of what `handle` receives (SimulatedStreamOptions::window).
  // 0 lets its peer write nothing.
  void SetWindow(Handle handle, std::size_t window);

  enum class Call { kRead, kWrite, kAccept, kConnect };
  static constexpr int kCalls = 4;
  // Makes the next such call of the code under test fail with `error`, an errno
  // value such as EINTR, ECONNABORTED or ENOBUFS, and change nothing. Several
  // errors of one kind apply to as many calls, one after the other; 0 lets one
  // pass.
  void FailNext(Call call, int error);

  // ---- What the code under test calls, and the test for its own ends. What
  // ---- fails on demand, is short or has a limit (`SetMostHandles`) concerns
  // ---- the ends of the code under test only: MakePair's `program`, and what
  // ---- `Accept` and `Connect` return.

  // Reads up to `size` bytes: how many. 0 at the end of the stream. Errors:
  //   EAGAIN      nothing is there yet.
  //   ECONNRESET  the peer has reset the connection. Told once, then 0.
  std::ptrdiff_t Read(Handle handle, char* data, std::size_t size);

  // Writes as many of `size` bytes as the window has room for: how many.
  // Errors:
  //   EAGAIN      there is no room, or no connection yet.
  //   ECONNRESET  the peer has reset the connection. Told once, then EPIPE.
  //   EPIPE       the own end was shut down, or nobody is there any more.
  // What is written to a peer that has closed its end brings a reset, as with
  // real connections: that write still succeeds.
  std::ptrdiff_t Write(Handle handle, const char* data, std::size_t size);
  std::ptrdiff_t Write(Handle handle, absl::string_view data) {
    return Write(handle, data.data(), data.size());
  }

  // Accepts the client of `listener` that has waited longest: a handle, or
  // kInvalidHandle. A client that has given up by then is accepted all the
  // same; the next read tells. Errors:
  //   EAGAIN  no client waits.
  //   EMFILE  see `SetMostHandles`. The client goes on waiting.
  //   EINVAL  `listener` is a connection.
  Handle Accept(Handle listener);

  // Connects to `listener`, which may be a handle that is not open: a new
  // handle, or kInvalidHandle. It becomes writable as soon as the outcome is
  // there, which `TakeError` tells: 0, or ECONNREFUSED. Errors:
  //   EMFILE  see `SetMostHandles`.
  Handle Connect(Handle listener);

  // Sends no more: the peer reads to the end of the stream. As shutdown(2) with
  // SHUT_WR: 0, or -1. Errors:
  //   ENOTCONN  there is no connection (any more).
  int ShutdownWrite(Handle handle);

  // Closes `handle`: 0, or -1. The peer of a connection reads to the end of the
  // stream. But if what the peer sent was not all read, it sees a reset, as
  // with real connections. The clients that wait at a listener see a reset, and
  // those that are not connected yet are refused. Call `Selector::Remove`
  // before.
  int Close(Handle handle);

  // Has the peer see a reset when `handle` is closed, as SO_LINGER with a time
  // of 0 does: 0, or -1.
  int ResetWhenClosed(Handle handle);

  // Takes the error that is kept for `handle`, as SO_ERROR: an errno value, 0
  // if there is none.
  int TakeError(Handle handle);

  // ---- What the test asks

  // Reads all that is there: "" if there is nothing, or `handle` is no
  // connection.
  std::string ReadAll(Handle handle);
  // Returns whether all was read that will ever come from the peer, which has
  // ended its stream in good order.
  bool HasEnded(Handle handle) const;
  // Returns whether the peer has reset the connection, or refused it.
  bool WasReset(Handle handle) const;
  // Returns how many connections the code under test has open.
  std::size_t open_handles() const;
  // Returns how many clients wait at `listener`, connected or not.
  std::size_t waiting(Handle listener) const;

 private:
  using End = internal::StreamEnd;
  using EndPointer = std::shared_ptr<End>;
  using Listener = internal::StreamListener;
  using LockGuard = std::lock_guard<std::mutex>;

  // All of these are called with `mutex_`.
  End* Find(Handle handle) const;
  End* FindConnection(Handle handle) const;
  EndPointer MakeEnd(bool is_programs) const;
  void Open(const EndPointer& end);
  void Link(const EndPointer& a, const EndPointer& b) const;
  EndPointer Join(Handle listener, bool is_programs);
  bool Enqueue(Handle handle, Listener& listener, const EndPointer& client);
  void FillQueue(Handle handle, Listener& listener);
  void ResetEnd(End& end, int cause);
  void ClosePeerOf(const End& end);
  void CloseListener(Handle handle, const Listener& listener);
  void Publish(const End& end);
  void PublishNews(const End& end, Readiness news);
  bool Fails(Call call, const End* end);
  std::size_t Part(double chance, const End& end, std::size_t most);
  bool HasNoHandleLeft() const;
  std::size_t CountProgramsEnds() const;

  Simulation& simulation_;
  const std::shared_ptr<internal::SimulationCore> core_;
  const SimulatedStreamOptions options_;

  mutable std::mutex mutex_;
  // All below are guarded by `mutex_`, which is taken before the simulation's.
  std::map<Handle, EndPointer> ends_;
  std::map<Handle, Listener> listeners_;
  std::array<std::deque<int>, kCalls> failures_;
  std::size_t most_handles_ = std::numeric_limits<std::size_t>::max();
};

}  // namespace testing
}  // namespace event_selector

#endif  // EVENT_TESTING_SIMULATED_STREAM_H_
