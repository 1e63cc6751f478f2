#include "benchmarks/workloads/churn.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "benchmarks/descriptor.h"
#include "benchmarks/driver.h"
#include "benchmarks/workload.h"
#include "benchmarks/workloads/socket_ring.h"
#include "event/interest.h"
#include "event/mode.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

using ::event_selector::testing::DieOfError;

constexpr std::uint32_t kIndex = 0;

class AddRemoveSession final : public Session {
 public:
  AddRemoveSession(int fd, std::unique_ptr<Driver> driver)
      : fd_(fd),
        driver_(std::move(driver)),
        mode_(ModeOr(event_selector::Mode::kLevel, *driver_)) {}

  Counts Run(std::int64_t operations) override {
    for (std::int64_t i = 0; i < operations; ++i) {
      driver_->Watch(fd_, kIndex, event_selector::Interest::kReadable, mode_);
      driver_->Unwatch(fd_, kIndex);
    }
    return {operations, 0, 0, {}};
  }

 private:
  const int fd_;
  const std::unique_ptr<Driver> driver_;
  const event_selector::Mode mode_;
};

class OpenFireCloseSession final : public Session, private Handler {
 public:
  explicit OpenFireCloseSession(std::unique_ptr<Driver> driver)
      : driver_(std::move(driver)),
        mode_(ModeOr(event_selector::Mode::kLevel, *driver_)) {}

  Counts Run(std::int64_t operations) override {
    events_ = 0;
    std::int64_t waits = 0;
    for (std::int64_t i = 0; i < operations; ++i) {
      int ends[2];
      if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                     ends) != 0) {
        DieOfError("socketpair", errno);
      }
      const Descriptor watched(ends[0]);
      const Descriptor other(ends[1]);
      driver_->Watch(watched.fd(), kIndex, event_selector::Interest::kReadable,
                     mode_);
      if (write(other.fd(), "b", 1) != 1) DieOfError("write", errno);
      for (has_fired_ = false; !has_fired_; ++waits) {
        driver_->Turn(*this, Blocking::kYes);
      }
      driver_->Unwatch(watched.fd(), kIndex);
    }
    return {operations, events_, waits, {}};
  }

 private:
  void OnReady(std::uint32_t /*index*/) override {
    has_fired_ = true;
    ++events_;
  }

  const std::unique_ptr<Driver> driver_;
  const event_selector::Mode mode_;
  bool has_fired_ = false;
  std::int64_t events_ = 0;
};

// Registrations in batches, which a wait sees come and go.
class BatchSession final : public Session, private Handler {
 public:
  BatchSession(const SocketRing& ring, std::unique_ptr<Driver> driver)
      : ring_(ring),
        driver_(std::move(driver)),
        mode_(ModeOr(event_selector::Mode::kOneshot, *driver_)) {}

  // Whole batches.
  Counts Run(std::int64_t operations) override {
    const std::int64_t batches = (operations + ring_.size() - 1) / ring_.size();
    events_ = 0;
    for (std::int64_t i = 0; i < batches; ++i) {
      for (std::uint32_t index = 0; index < ring_.size(); ++index) {
        driver_->Watch(ring_.reader(index), index,
                       event_selector::Interest::kReadable, mode_);
      }
      driver_->Turn(*this, Blocking::kNo);
      for (std::uint32_t index = 0; index < ring_.size(); ++index) {
        driver_->Unwatch(ring_.reader(index), index);
      }
      driver_->Turn(*this, Blocking::kNo);
    }
    return {batches * ring_.size(), events_, 2 * batches, {}};
  }

 private:
  void OnReady(std::uint32_t /*index*/) override { ++events_; }

  const SocketRing& ring_;
  const std::unique_ptr<Driver> driver_;
  const event_selector::Mode mode_;
  std::int64_t events_ = 0;
};

constexpr std::uint32_t kBatch = 64;

std::string Name(ChurnForm form) {
  switch (form) {
    case ChurnForm::kAddRemove:
      return "add_remove";
    case ChurnForm::kOpenFireClose:
      return "open_fire_close";
    case ChurnForm::kBatches:
      return "batches";
    case ChurnForm::kOneByOne:
      return "one_by_one";
  }
  return "";
}

class Churn final : public Workload {
 public:
  explicit Churn(ChurnForm form) : form_(form) {}

  // No handle is ready twice: every mode does.
  bool Suits(const Driver& /*driver*/) const override { return true; }

  std::unique_ptr<Session> Start(const DriverFactory& make_driver) override {
    switch (form_) {
      case ChurnForm::kAddRemove:
        return std::make_unique<AddRemoveSession>(ring_.reader(0),
                                                  make_driver());
      case ChurnForm::kOpenFireClose:
        return std::make_unique<OpenFireCloseSession>(make_driver());
      case ChurnForm::kBatches:
      case ChurnForm::kOneByOne:
        return std::make_unique<BatchSession>(ring_, make_driver());
    }
    return nullptr;
  }

 private:
  const ChurnForm form_;
  const SocketRing ring_{form_ == ChurnForm::kBatches ? kBatch : 1};
};

}  // namespace

Case ChurnCase(ChurnForm form) {
  return {"churn", {{"form", Name(form)}}, "registration", [=] {
            return std::make_unique<Churn>(form);
          }};
}

std::vector<Case> ChurnCases() {
  return {ChurnCase(ChurnForm::kAddRemove),
          ChurnCase(ChurnForm::kOpenFireClose), ChurnCase(ChurnForm::kBatches),
          ChurnCase(ChurnForm::kOneByOne)};
}

}  // namespace benchmarks
