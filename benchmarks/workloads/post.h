#ifndef BENCHMARKS_WORKLOADS_POST_H_
#define BENCHMARKS_WORKLOADS_POST_H_

#include <vector>

#include "benchmarks/workload.h"

namespace benchmarks {

enum class PostForm {
  // "pending": one thread posts 1,000 items while nobody waits, and then the
  // loop takes them.
  kPending,
  // "ping_pong": two threads, each with a loop that sleeps until the other one
  // posts an item to it, on one core.
  kPingPong,
  // "threads": four threads post as fast as they can to a loop that takes what
  // is there, again and again.
  kThreads,
};

// An operation is one item, posted and taken.
Case PostCase(PostForm form);

// All forms. A sample with threads has 1,000,000 items.
std::vector<Case> PostCases();

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_POST_H_
