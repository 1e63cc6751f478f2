#include "benchmarks/peers/contestants.h"

#include <vector>

#include "benchmarks/driver.h"
#include "benchmarks/harness/machine.h"
#include "benchmarks/peers/asio.h"
#include "benchmarks/peers/libev.h"
#include "benchmarks/peers/libevent.h"
#include "benchmarks/peers/libuv.h"

namespace benchmarks {

std::vector<Contestant> PeerContestants() {
  return {
      {"libevent", MakeLibevent},
      {"libev", MakeLibev},
      {"libuv", MakeLibuv},
      {"asio", MakeAsio},
  };
}

std::vector<LibraryVersion> PeerVersions() {
  return {
      {"libevent", LibeventVersion()},
      {"libev", LibevVersion()},
      {"libuv", LibuvVersion()},
      {"asio", AsioVersion()},
  };
}

}  // namespace benchmarks
