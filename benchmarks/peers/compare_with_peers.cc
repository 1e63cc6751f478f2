// Compares this library with epoll and poll by hand and with libevent, libev,
// libuv and Asio. The flags stand in harness/comparison.h, the output in
// harness/runner.h.

#include <vector>

#include "benchmarks/driver.h"
#include "benchmarks/drivers/contestants.h"
#include "benchmarks/harness/comparison.h"
#include "benchmarks/peers/contestants.h"

int main(int argc, char** argv) {
  std::vector<benchmarks::Contestant> contestants =
      benchmarks::StandardContestants();
  for (const benchmarks::Contestant& peer : benchmarks::PeerContestants()) {
    contestants.push_back(peer);
  }
  return benchmarks::ComparisonMain(argc, argv, contestants,
                                    benchmarks::PeerVersions());
}
