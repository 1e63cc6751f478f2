#ifndef BENCHMARKS_WORKLOADS_ECHO_LOAD_H_
#define BENCHMARKS_WORKLOADS_ECHO_LOAD_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "tests/support/socket.h"

namespace benchmarks {

// How long requests took, from before the write to after the read of the last
// byte of the answer.
struct Latencies {
  std::int64_t p50_ns = 0;
  std::int64_t p99_ns = 0;
  std::int64_t p999_ns = 0;
};

// The clients of an echo server, in a process of their own: a closed loop, in
// which each connection sends its next request when it has the answer to the
// one before. By epoll with one thread, the same for every contestant.
//
// To be made while the process has one thread (fork). If the clients fail, they
// say why on stderr and end, and the server sees its connections closed.
class EchoLoad {
 public:
  // Starts the process, which connects to `port` of the loopback interface.
  EchoLoad(std::uint16_t port, int connections, std::size_t message_bytes);
  EchoLoad(const EchoLoad&) = delete;
  EchoLoad& operator=(const EchoLoad&) = delete;
  ~EchoLoad();

  // Lets the clients send `requests`, all in all; the server has to answer
  // meanwhile.
  void Begin(std::int64_t requests);

  // Waits until they have all answers.
  Latencies End();

 private:
  pid_t process_;
  event_selector::testing::Socket control_;
};

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_ECHO_LOAD_H_
