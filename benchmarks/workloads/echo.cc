#include "benchmarks/workloads/echo.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "benchmarks/descriptor.h"
#include "benchmarks/driver.h"
#include "benchmarks/workload.h"
#include "benchmarks/workloads/echo_load.h"
#include "event/interest.h"
#include "event/mode.h"
#include "tests/support/fatal.h"
#include "tests/support/socket.h"

namespace benchmarks {
namespace {

using ::event_selector::testing::Die;
using ::event_selector::testing::DieOfError;

constexpr absl::Duration kForSure = absl::Seconds(120);

Descriptor Accept(int listener) {
  if (!event_selector::testing::AwaitReadable(listener, kForSure)) {
    Die("the clients of the echo server do not connect");
  }
  Descriptor connection(
      accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (connection.fd() < 0) DieOfError("accept4", errno);
  const int on = 1;
  if (setsockopt(connection.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) !=
      0) {
    DieOfError("setsockopt", errno);
  }
  return connection;
}

class EchoSession final : public Session, private Handler {
 public:
  EchoSession(const event_selector::testing::Listener& listener,
              int connections, std::size_t message_bytes,
              event_selector::Mode mode, const DriverFactory& make_driver)
      : message_bytes_(message_bytes),
        mode_(mode),
        load_(listener.port, connections, message_bytes),
        driver_(make_driver()) {
    for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(connections);
         ++i) {
      connections_.push_back(Accept(listener.socket.handle()));
      driver_->Watch(connections_.back().fd(), i,
                     event_selector::Interest::kReadable, mode_);
    }
  }

  ~EchoSession() override {
    for (std::uint32_t i = 0; i < connections_.size(); ++i) {
      driver_->Unwatch(connections_[i].fd(), i);
    }
  }

  Counts Run(std::int64_t operations) override {
    missing_ = operations * static_cast<std::int64_t>(message_bytes_);
    events_ = 0;
    load_.Begin(operations);
    const std::int64_t waits = driver_->Run(*this);
    const Latencies latencies = load_.End();
    return {operations,
            events_,
            waits,
            {{"p50_ns", static_cast<double>(latencies.p50_ns)},
             {"p99_ns", static_cast<double>(latencies.p99_ns)},
             {"p999_ns", static_cast<double>(latencies.p999_ns)}}};
  }

 private:
  void OnReady(std::uint32_t index) override {
    ++events_;
    const int fd = connections_[index].fd();
    const ssize_t got = recv(fd, buffer_.data(), buffer_.size(), 0);
    if (got <= 0) DieOfError("recv", errno);
    // A client has at most one message under way, which a socket always takes.
    if (send(fd, buffer_.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) !=
        got) {
      DieOfError("send", errno);
    }
    if (mode_ == event_selector::Mode::kOneshot) {
      driver_->Rearm(fd, index, event_selector::Interest::kReadable, mode_);
    }
    missing_ -= got;
    if (missing_ == 0) driver_->Stop();
  }

  const std::size_t message_bytes_;
  const event_selector::Mode mode_;
  EchoLoad load_;  // Before the driver, whose threads a fork would not copy.
  const std::unique_ptr<Driver> driver_;
  std::vector<Descriptor> connections_;
  std::int64_t missing_ = 0;  // Bytes to be echoed.
  std::int64_t events_ = 0;
  std::array<char, 16 * 1024> buffer_;
};

class Echo final : public Workload {
 public:
  Echo(int connections, std::size_t message_bytes, event_selector::Mode mode)
      : connections_(connections), message_bytes_(message_bytes), mode_(mode) {}

  bool Suits(const Driver& driver) const override {
    return driver.Supports(mode_);
  }

  std::unique_ptr<Session> Start(const DriverFactory& make_driver) override {
    return std::make_unique<EchoSession>(listener_, connections_,
                                         message_bytes_, mode_, make_driver);
  }

 private:
  const int connections_;
  const std::size_t message_bytes_;
  const event_selector::Mode mode_;
  const event_selector::testing::Listener listener_ =
      event_selector::testing::MakeListener();
};

}  // namespace

Case EchoCase(int connections, std::size_t message_bytes) {
  return {"echo",
          {{"connections", connections},
           {"bytes", static_cast<std::int64_t>(message_bytes)}},
          "request",
          [=] {
            return std::make_unique<Echo>(connections, message_bytes,
                                          event_selector::Mode::kLevel);
          }};
}

Case OneshotEchoCase(int connections, std::size_t message_bytes) {
  return {"echo",
          {{"connections", connections},
           {"bytes", static_cast<std::int64_t>(message_bytes)},
           {"mode", "oneshot"}},
          "request",
          [=] {
            return std::make_unique<Echo>(connections, message_bytes,
                                          event_selector::Mode::kOneshot);
          }};
}

std::vector<Case> EchoCases() {
  return {EchoCase(100, 64), EchoCase(100, 4096), OneshotEchoCase(100, 64)};
}

}  // namespace benchmarks
