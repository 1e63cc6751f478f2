// Compares this library with epoll and poll by hand and with libevent, libev,
// libuv and Asio. As //benchmarks:comparison, whose flags and output it has.

#include "benchmarks/harness/comparison.h"

#include <vector>

#include "benchmarks/driver.h"
#include "benchmarks/drivers/contestants.h"
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
