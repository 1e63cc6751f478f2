#ifndef BENCHMARKS_TRIGGERING_MODES_SHARED_LISTENER_H_
#define BENCHMARKS_TRIGGERING_MODES_SHARED_LISTENER_H_

#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "event/mode.h"
#include "event/selector.h"
#include "tests/support/socket.h"

namespace benchmarks {

struct SharedListenerOptions {
  // How many selectors watch the listening socket, each with a thread of its
  // own that blocks in `Wait`. At least 1.
  int selectors = 2;
  // event_selector::Mode::kLevel, or with kExclusive.
  event_selector::Mode mode = event_selector::Mode::kLevel;
};

// What the threads have seen and done.
struct AcceptTotals {
  std::int64_t accepted = 0;
  // Returns of `Wait` with an event.
  std::int64_t wakeups = 0;
  // Those of them where another thread had taken the connection already.
  std::int64_t useless_wakeups = 0;
  // How often a thread of the process went to sleep: also a thread that the
  // system wakes inside of `Wait`, only to find that there is nothing left.
  std::int64_t context_switches = 0;
};

// Several selectors with a thread each on one listening TCP socket of the
// loopback interface, whose port the system chooses. The calling thread is the
// client, with one connection at a time. Not thread-safe.
class SharedListener {
 public:
  // Starts the threads. Errors: the system's, and kUnimplemented where the
  // backend does not support the mode.
  static absl::StatusOr<std::unique_ptr<SharedListener>> Create(
      const SharedListenerOptions& options);

  // Ends the threads.
  ~SharedListener();

  // Connects, waits until a thread has accepted, and closes. The connection is
  // reset at the end, so that it does not hold its port for minutes.
  //   kDeadlineExceeded   no thread has accepted within ten seconds.
  absl::Status Connect();

  // Ends the threads and tells what they have seen, or else the first error
  // that one of them had. Call it once.
  absl::StatusOr<AcceptTotals> Stop();

 private:
  struct Worker {
    std::unique_ptr<event_selector::Selector> selector;
    std::thread thread;
    // The thread's, until it has ended.
    AcceptTotals totals;
    absl::Status status;
  };

  SharedListener() = default;

  absl::Status StartWorker(event_selector::Mode mode);
  static absl::Status RunWorker(int listener, Worker& worker);
  static absl::Status AcceptOne(int listener, Worker& worker);
  void EndThreads();

  const event_selector::testing::Listener listener_ =
      event_selector::testing::MakeListener();
  std::vector<std::unique_ptr<Worker>> workers_;
  std::int64_t context_switches_at_start_ = 0;
};

}  // namespace benchmarks

#endif  // BENCHMARKS_TRIGGERING_MODES_SHARED_LISTENER_H_
