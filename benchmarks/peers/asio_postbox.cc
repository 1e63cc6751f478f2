#include <asio.hpp>
#include <cstdint>
#include <memory>

#include "benchmarks/peers/asio.h"
#include "benchmarks/postbox.h"

namespace benchmarks {
namespace ASIO_SERVICE {
namespace {

using Executor = asio::io_context::executor_type;

class AsioPostbox final : public Postbox {
 public:
  void Post(std::uint64_t first, std::uint64_t count) override {
    for (std::uint64_t i = 0; i < count; ++i) {
      asio::post(io_, [this, item = first + i] { Take(item); });
    }
  }

  void Turn(bool waits) override {
    if (waits) {
      io_.run_one();
    }
    io_.poll();
  }

 private:
  asio::io_context io_{ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  const asio::executor_work_guard<Executor> work_{io_.get_executor()};
  // Not open: so that it waits in epoll, as a program with sockets does.
  const asio::posix::basic_stream_descriptor<Executor> uses_epoll_{io_};
};

}  // namespace

std::unique_ptr<Postbox> MakeAsioPostbox() {
  return std::make_unique<AsioPostbox>();
}

}  // namespace ASIO_SERVICE
}  // namespace benchmarks
