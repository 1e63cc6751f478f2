#ifndef EXAMPLES_PROCESS_SUPERVISOR_SUPERVISOR_H_
#define EXAMPLES_PROCESS_SUPERVISOR_SUPERVISOR_H_

#include <chrono>
#include <cstddef>
#include <deque>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "event/selector.h"
#include "event/signal_set.h"
#include "event/timer_queue.h"
#include "examples/process_supervisor/program.h"

namespace examples {
namespace process_supervisor {

// Keeps programs running, in one thread. Four things end its `Wait`: a child's
// end (ChildExit), a signal (SignalSet), a time (TimerQueue), and nothing else.
class Supervisor {
 public:
  struct Delays {
    // Before a program is started again; twice as long each time.
    std::chrono::nanoseconds first = std::chrono::milliseconds(100);
    std::chrono::nanoseconds longest = std::chrono::seconds(10);
    // Between SIGTERM and SIGKILL at the end.
    std::chrono::nanoseconds grace = std::chrono::seconds(5);
  };

  // `selector` and `log` must outlive this object.
  Supervisor(event_selector::Selector& selector,
             const std::vector<std::string>& commands, const Delays& delays,
             std::ostream& log);

  // Runs all commands, and each one again when it ends, until SIGINT or SIGTERM
  // comes. SIGHUP makes all of them start anew. At the end they get SIGTERM,
  // and what then runs for too long SIGKILL.
  absl::Status Run();

 private:
  // What a timer is for: to start the program of this number, or to kill.
  static constexpr std::size_t kKill = ~std::size_t{0};

  void Start(std::size_t number);
  void OnExit(std::size_t number);
  void OnSignals(event_selector::Signals signals);
  void OnTimer(std::size_t what);
  void SignalAll(int signal) const;
  void AddTimer(std::chrono::nanoseconds delay, std::size_t what);
  bool IsAnyRunning() const;

  event_selector::Selector& selector_;
  const Delays delays_;
  std::ostream& log_;
  std::deque<Program> programs_;
  event_selector::TimerQueue<std::size_t> timers_;
  bool is_stopping_ = false;
};

}  // namespace process_supervisor
}  // namespace examples

#endif  // EXAMPLES_PROCESS_SUPERVISOR_SUPERVISOR_H_
