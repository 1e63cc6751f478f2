#ifndef BENCHMARKS_WORKLOADS_ECHO_H_
#define BENCHMARKS_WORKLOADS_ECHO_H_

#include <cstddef>
#include <vector>

#include "benchmarks/workload.h"

namespace benchmarks {

// A TCP echo server over the loopback interface, level-triggered or oneshot,
// with `connections` clients in a process of their own (EchoLoad). An operation
// is a request of `message_bytes`. CPU time is the server's alone. The samples
// have besides:
//   p50_ns, p99_ns, p999_ns   percentiles of the latency, as the clients see it
//   requests_per_cpu_second   of the server's CPU time
Case EchoCase(int connections, std::size_t message_bytes);
Case OneshotEchoCase(int connections, std::size_t message_bytes);

// 100 connections with 64 and 4,096 bytes; with oneshot, 64.
std::vector<Case> EchoCases();

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_ECHO_H_
