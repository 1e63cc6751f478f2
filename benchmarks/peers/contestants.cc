#include "benchmarks/peers/contestants.h"

#include <vector>

#include "benchmarks/driver.h"
#include "benchmarks/drivers/raw_io_uring.h"
#include "benchmarks/harness/machine.h"
#include "benchmarks/peers/asio.h"
#include "benchmarks/peers/libev.h"
#include "benchmarks/peers/libevent.h"
#include "benchmarks/peers/libuv.h"
#include "benchmarks/peers/rust.h"

namespace benchmarks {

std::vector<Contestant> PeerContestants() {
  std::vector<Contestant> contestants = {
      {"libevent", MakeLibevent},
      {"libev", MakeLibev},
      {"libuv", MakeLibuv},
      {"asio", asio_on_epoll::MakeAsio},
  };
  if (HasRawIoUring()) {
    contestants.push_back({"asio_io_uring", asio_on_io_uring::MakeAsio});
  }
  for (const Contestant& contestant : RustContestants()) {
    contestants.push_back(contestant);
  }
  return contestants;
}

std::vector<LibraryVersion> PeerVersions() {
  std::vector<LibraryVersion> versions = {
      {"libevent", LibeventVersion()},
      {"libev", LibevVersion()},
      {"libuv", LibuvVersion()},
      {"asio", asio_on_epoll::AsioVersion()},
  };
  for (const LibraryVersion& version : RustVersions()) {
    versions.push_back(version);
  }
  return versions;
}

}  // namespace benchmarks
