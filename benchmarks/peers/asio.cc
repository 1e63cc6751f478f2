#include "benchmarks/peers/asio.h"

#include <asio.hpp>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmarks/driver.h"
#include "benchmarks/postbox.h"
#include "benchmarks/timers.h"
#include "event/interest.h"
#include "event/mode.h"

namespace benchmarks {
namespace ASIO_SERVICE {
namespace {

using Executor = asio::io_context::executor_type;
using StreamDescriptor = asio::posix::basic_stream_descriptor<Executor>;

class Asio final : public Driver {
 public:
  // Descriptors stay the workload's: they must not be closed here.
  ~Asio() override {
    for (const auto& watched : watched_) {
      if (watched != nullptr && watched->descriptor) Release(*watched);
    }
  }

  bool Supports(event_selector::Mode mode) const override {
    return mode == event_selector::Mode::kLevel ||
           mode == event_selector::Mode::kOneshot;
  }

  void Watch(int fd, std::uint32_t index, event_selector::Interest interest,
             event_selector::Mode mode) override {
    if (watched_.size() <= index) watched_.resize(index + 1);
    if (watched_[index] == nullptr) {
      watched_[index] = std::make_unique<Watched>();
    }
    Watched& watched = *watched_[index];
    watched.index = index;
    watched.interest = interest;
    watched.mode = mode;
    watched.descriptor.emplace(io_.get_executor(), fd);
    Arm(watched);
  }

  void Change(int /*fd*/, std::uint32_t index,
              event_selector::Interest interest,
              event_selector::Mode mode) override {
    Watched& watched = *watched_[index];
    watched.interest = interest;
    watched.mode = mode;
    ++watched.generation;
    watched.descriptor->cancel();
    Arm(watched);
  }

  void Rearm(int /*fd*/, std::uint32_t index,
             event_selector::Interest /*interest*/,
             event_selector::Mode /*mode*/) override {
    Arm(*watched_[index]);
  }

  void Unwatch(int /*fd*/, std::uint32_t index) override {
    Release(*watched_[index]);
  }

  void Turn(Handler& handler, Blocking blocking) override {
    handler_ = &handler;
    if (blocking == Blocking::kYes) {
      io_.run_one();
    } else {
      io_.poll_one();
    }
  }

  // `Turn`, again and again; how often that waits is not known.
  std::int64_t Run(Handler& handler) override {
    Driver::Run(handler);
    return kUnknown;
  }

  void Wake() override {
    if (is_woken_.exchange(true, std::memory_order_acq_rel)) return;
    asio::post(
        io_, [this] { is_woken_.exchange(false, std::memory_order_acq_rel); });
  }

  std::unique_ptr<Timers> MakeTimers(std::uint32_t count) const override {
    return MakeAsioTimers(count);
  }
  std::unique_ptr<Postbox> MakePostbox() const override {
    return MakeAsioPostbox();
  }

 private:
  struct Watched {
    std::optional<StreamDescriptor> descriptor;
    event_selector::Interest interest;
    event_selector::Mode mode;
    std::uint32_t index = 0;
    // Counts changes: a completion of before one is not delivered.
    std::uint32_t generation = 0;
  };

  struct OnWait {
    Asio* driver;
    Watched* watched;
    std::uint32_t generation;

    void operator()(const std::error_code& error) const {
      if (!error && watched->generation == generation) {
        driver->Deliver(*watched);
      }
    }
  };

  void Arm(Watched& watched) {
    watched.descriptor->async_wait(
        watched.interest == event_selector::Interest::kReadable
            ? StreamDescriptor::wait_read
            : StreamDescriptor::wait_write,
        OnWait{this, &watched, watched.generation});
  }

  void Deliver(Watched& watched) {
    const std::uint32_t generation = watched.generation;
    handler_->OnReady(watched.index);
    if (watched.mode == event_selector::Mode::kLevel &&
        watched.generation == generation) {
      Arm(watched);
    }
  }

  static void Release(Watched& watched) {
    ++watched.generation;
    watched.descriptor->release();
    watched.descriptor.reset();
  }

  asio::io_context io_{ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  // Else run_one returns at once where nothing is watched.
  const asio::executor_work_guard<Executor> work_{io_.get_executor()};
  // Not open. Without any descriptor, Asio would wait on a condition variable
  // instead of epoll, which no program does that has something to watch.
  const StreamDescriptor uses_epoll_{io_};
  std::atomic<bool> is_woken_{false};
  std::vector<std::unique_ptr<Watched>> watched_;  // By index.
  Handler* handler_ = nullptr;
};

}  // namespace

std::unique_ptr<Driver> MakeAsio() { return std::make_unique<Asio>(); }

std::string AsioVersion() {
  return absl::StrCat(ASIO_VERSION / 100000, ".", ASIO_VERSION / 100 % 1000,
                      ".", ASIO_VERSION % 100);
}

}  // namespace ASIO_SERVICE
}  // namespace benchmarks
