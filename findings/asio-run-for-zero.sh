#!/bin/sh
# Asio 1.22.1 (Debian's libasio-dev 1:1.22.1-1)
#
# Question: three handlers are posted. How many does io_context::run_for run if
#   the time is zero, how many does poll(), and how many run_for(1 ns)?
# Guess: three each: a time of zero means "what is ready, without blocking", as a
#   timeout of zero does in poll(2), select(2) and epoll_wait(2).
# Seen: none. run_for(0) and run_one_for(0) return without having looked, since
#   the time is up before the first handler; only poll() runs what is ready.
# So: a loop that computes its timeout, and finds that nothing is left of it, must
#   call poll() for that turn, or handlers starve while timers are overdue. (Here a
#   timeout of zero reports what is ready: W2.)
. "$(dirname "$0")/common.sh"
packages libasio-dev=1:1.22.1-1
cat >"$work/program.cc" <<'END'
#include <asio.hpp>
#include <chrono>
#include <cstdio>
template <typename Run>
void Try(const char* name, Run run) {
  asio::io_context io;
  for (int i = 0; i < 3; ++i) asio::post(io, [] {});
  std::printf("%s: %d of 3\n", name, static_cast<int>(run(io)));
}
int main() {
  using namespace std::chrono_literals;
  Try("run_for(0)", [](asio::io_context& io) { return io.run_for(0s); });
  Try("run_one_for(0)", [](asio::io_context& io) { return io.run_one_for(0s); });
  Try("poll()", [](asio::io_context& io) { return io.poll(); });
}
END
flags="-std=c++17 -pthread"
compile program.cc
seen='run_for(0): 0 of 3
run_one_for(0): 0 of 3
poll(): 3 of 3'
see "$work/program"
