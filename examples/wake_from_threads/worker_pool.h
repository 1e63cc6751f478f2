#ifndef EXAMPLES_WAKE_FROM_THREADS_WORKER_POOL_H_
#define EXAMPLES_WAKE_FROM_THREADS_WORKER_POOL_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "event/mailbox.h"
#include "event/selector.h"
#include "event/token.h"

namespace examples {
namespace wake_from_threads {

// Something to be found out. Who asks is named by a token, not by a pointer: it
// may be gone when the answer comes.
struct Job {
  event_selector::Token client;
  std::uint64_t number = 0;  // Among the client's jobs.
  std::string question;
};

struct Result {
  event_selector::Token client;
  std::uint64_t number = 0;
  std::string answer;
};

// Threads that do what would keep an event loop from its clients. Two queues
// join them to the loop:
//
//   loop -- Submit --> jobs --> workers --> Mailbox -- TakeResults --> loop
//
// The workers sleep on a condition variable. The loop sleeps in `Wait`, which
// knows nothing of queues; so the mailbox wakes it by `Selector::Wake`.
//
// A wake-up says that there are results, not how many: those that come before
// the loop returns count as one. So the loop always takes all results, after
// each `Wait`, whatever that returned for. (It is as with an edge: one report,
// and then all that is there must be fetched.)
//
// Thread-safe.
class WorkerPool {
 public:
  // Answers a question, for as long as it takes. Runs in the workers, in
  // several at once. Once `cancelled` is true nobody waits for the answer any
  // more: it should look now and then, and return.
  using Work = std::function<std::string(const std::string& question,
                                         const std::atomic<bool>& cancelled)>;

  struct Load {
    std::size_t running = 0;
    std::size_t waiting = 0;
  };

  // Starts `threads` workers. `selector` is woken for results, and must outlive
  // the pool. kResourceExhausted where the system has too few threads left.
  static absl::StatusOr<std::unique_ptr<WorkerPool>> Create(
      int threads, Work work, event_selector::Selector& selector);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool() { Stop(); }

  // Puts a job at the end of the queue. Does nothing after `Stop`.
  void Submit(Job job) ABSL_LOCKS_EXCLUDED(mutex_);

  // All results that have come since the last call, in the order in which they
  // came: that of the jobs only by chance. They take the place of `results`.
  void TakeResults(std::vector<Result>& results) { results_.TakeAll(results); }

  Load load() const ABSL_LOCKS_EXCLUDED(mutex_);

  // Forgets the jobs that wait, cancels those that run, and waits for the
  // workers to end. To be called by one thread, once or several times.
  void Stop() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  WorkerPool(Work work, event_selector::Selector& selector)
      : work_(std::move(work)), results_(selector) {}

  void Run();
  bool TakeJob(Job& job) ABSL_LOCKS_EXCLUDED(mutex_);
  void Deliver(Result result) ABSL_LOCKS_EXCLUDED(mutex_);

  const Work work_;
  event_selector::Mailbox<Result> results_;
  std::atomic<bool> cancelled_{false};

  mutable absl::Mutex mutex_;
  absl::CondVar has_job_;  // Or `cancelled_` has become true.
  std::deque<Job> jobs_ ABSL_GUARDED_BY(mutex_);
  std::size_t running_ ABSL_GUARDED_BY(mutex_) = 0;

  std::vector<std::thread> threads_;
};

}  // namespace wake_from_threads
}  // namespace examples

#endif  // EXAMPLES_WAKE_FROM_THREADS_WORKER_POOL_H_
