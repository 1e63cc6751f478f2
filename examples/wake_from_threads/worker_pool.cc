#include "examples/wake_from_threads/worker_pool.h"

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "event/selector.h"
#include "examples/common/start_thread.h"

namespace examples {
namespace wake_from_threads {

absl::StatusOr<std::unique_ptr<WorkerPool>> WorkerPool::Create(
    int threads, Work work, event_selector::Selector& selector) {
  auto pool = absl::WrapUnique(new WorkerPool(std::move(work), selector));
  for (int i = 0; i < threads; ++i) {
    absl::StatusOr<std::thread> thread =
        StartThread([pool = pool.get()] { pool->Run(); });
    // Those that have started end with the pool.
    if (!thread.ok()) return thread.status();
    pool->threads_.push_back(*std::move(thread));
  }
  return pool;
}

void WorkerPool::Submit(Job job) {
  const absl::MutexLock lock(&mutex_);
  if (cancelled_.load()) return;
  jobs_.push_back(std::move(job));
  has_job_.Signal();
}

WorkerPool::Load WorkerPool::load() const {
  const absl::MutexLock lock(&mutex_);
  return {running_, jobs_.size()};
}

void WorkerPool::Stop() {
  {
    const absl::MutexLock lock(&mutex_);
    jobs_.clear();
    // With the lock, or it could come between a worker's look at it and its
    // sleep.
    cancelled_.store(true);
    has_job_.SignalAll();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void WorkerPool::Run() {
  Job job;
  while (TakeJob(job)) {
    Deliver({job.client, job.number, work_(job.question, cancelled_)});
  }
}

// Waits for a job; false if there will be none.
bool WorkerPool::TakeJob(Job& job) {
  const absl::MutexLock lock(&mutex_);
  while (jobs_.empty() && !cancelled_.load()) has_job_.Wait(&mutex_);
  if (cancelled_.load()) return false;
  job = std::move(jobs_.front());
  jobs_.pop_front();
  ++running_;
  return true;
}

void WorkerPool::Deliver(Result result) {
  // It wakes the loop if that may not know yet. It fails only where the system
  // refuses the wake-up, and the result is there all the same; or where there
  // is no memory for it, and then nobody can be told.
  results_.Post(std::move(result)).IgnoreError();
  const absl::MutexLock lock(&mutex_);
  --running_;
}

}  // namespace wake_from_threads
}  // namespace examples
