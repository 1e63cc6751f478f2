#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <system_error>
#include <vector>

#include "absl/functional/function_ref.h"
#include "benchmarks/peers/asio.h"
#include "benchmarks/timers.h"

namespace benchmarks {
namespace ASIO_SERVICE {
namespace {

using Executor = asio::io_context::executor_type;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>,
                               Executor>;

class AsioTimers final : public Timers {
 public:
  explicit AsioTimers(std::uint32_t count) {
    timers_.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      timers_.emplace_back(io_.get_executor());
    }
  }

  void Start(Indexes indexes, Delays delays) override {
    InHandler([&] {
      for (std::size_t i = 0; i < indexes.size(); ++i) {
        Begin(timers_[indexes[i]], delays[i]);
      }
    });
  }
  // expires_after cancels the wait that is there.
  void Restart(Indexes indexes, Delays delays) override {
    Start(indexes, delays);
  }
  void StartIdle(Indexes indexes) override { PostponeIdle(indexes); }
  void PostponeIdle(Indexes indexes) override {
    InHandler([&] {
      for (const std::uint32_t index : indexes) {
        Begin(timers_[index], kPatience);
      }
    });
  }

  // The handlers of what was cancelled come here, too.
  std::int64_t Turn() override {
    expired_ = 0;
    io_.poll();
    return expired_;
  }

 private:
  struct OnWait {
    AsioTimers* timers;
    void operator()(const std::error_code& error) const {
      if (!error) ++timers->expired_;
    }
  };

  void Begin(Timer& timer, std::chrono::nanoseconds delay) {
    timer.expires_after(delay);
    timer.async_wait(OnWait{this});
  }
  void InHandler(absl::FunctionRef<void()> call) {
    asio::post(io_, [call] { call(); });
    io_.poll_one();
  }

  asio::io_context io_{ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  // Else poll stops the context where no timer runs.
  const asio::executor_work_guard<Executor> work_{io_.get_executor()};
  // Not open: so that epoll is there, as in a program with sockets.
  const asio::posix::basic_stream_descriptor<Executor> uses_epoll_{io_};
  std::vector<Timer> timers_;  // By index.
  std::int64_t expired_ = 0;
};

}  // namespace

std::unique_ptr<Timers> MakeAsioTimers(std::uint32_t count) {
  return std::make_unique<AsioTimers>(count);
}

}  // namespace ASIO_SERVICE
}  // namespace benchmarks
