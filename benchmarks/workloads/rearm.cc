#include "benchmarks/workloads/rearm.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "benchmarks/driver.h"
#include "benchmarks/workload.h"
#include "benchmarks/workloads/eventfds.h"
#include "benchmarks/workloads/watched.h"
#include "event/interest.h"
#include "event/mode.h"

namespace benchmarks {
namespace {

constexpr event_selector::Mode kMode = event_selector::Mode::kOneshot;

// What the variants have in common: rounds in which every handle fires once.
class RearmSession : public Session, protected Handler {
 public:
  RearmSession(const Eventfds& handles, std::unique_ptr<Driver> driver)
      : watched_(handles, kMode, std::move(driver)) {}

  // Whole rounds.
  Counts Run(std::int64_t operations) final {
    const std::int64_t rounds =
        (operations + handles_.size() - 1) / handles_.size();
    left_ = events_ = waits_ = 0;
    RunRounds(rounds);
    return {rounds * handles_.size(), events_, waits_, {}};
  }

 protected:
  virtual void RunRounds(std::int64_t rounds) = 0;

  void WriteAll() {
    for (std::uint32_t i = 0; i < handles_.size(); ++i) handles_.Write(i);
  }

  void Rearm(std::uint32_t index) {
    driver_.Rearm(handles_.reader(index), index,
                  event_selector::Interest::kReadable, kMode);
  }

  // Lets the handler have so many events.
  void Deliver(std::int64_t events) {
    left_ = events;
    const std::int64_t waits = driver_.Run(*this);
    waits_ = waits == Driver::kUnknown ? waits : waits_ + waits;
  }

  void CountEvent() {
    ++events_;
    if (--left_ == 0) driver_.Stop();
  }

  const Watched<Eventfds> watched_;
  const Eventfds& handles_ = watched_.handles();
  Driver& driver_ = watched_.driver();
  std::int64_t left_ = 0;
  std::int64_t events_ = 0;
  std::int64_t waits_ = 0;
};

class ReadSession final : public RearmSession {
 public:
  using RearmSession::RearmSession;

 private:
  void RunRounds(std::int64_t rounds) override {
    for (std::int64_t i = 0; i < rounds; ++i) {
      WriteAll();
      Deliver(handles_.size());
    }
  }
  void OnReady(std::uint32_t index) override {
    handles_.Read(index);
    Rearm(index);
    CountEvent();
  }
};

class StaysReadySession final : public RearmSession {
 public:
  using RearmSession::RearmSession;

 private:
  void RunRounds(std::int64_t rounds) override {
    Deliver(rounds * handles_.size());
  }
  void OnReady(std::uint32_t index) override {
    Rearm(index);
    CountEvent();
  }
};

// Arms them only after another wait, which finds nothing.
class LateSession : public RearmSession {
 public:
  using RearmSession::RearmSession;

 protected:
  void RunRounds(std::int64_t rounds) override {
    for (std::int64_t i = 0; i < rounds; ++i) RunRound();
  }
  void OnReady(std::uint32_t /*index*/) override { CountEvent(); }

  void RunRound() {
    Deliver(handles_.size());
    driver_.Turn(*this, Blocking::kNo);
    if (waits_ != Driver::kUnknown) ++waits_;
    for (std::uint32_t index = 0; index < handles_.size(); ++index) {
      Rearm(index);
    }
  }
};

class LateReadSession final : public LateSession {
 public:
  using LateSession::LateSession;

 private:
  void RunRounds(std::int64_t rounds) override {
    for (std::int64_t i = 0; i < rounds; ++i) {
      WriteAll();
      RunRound();
    }
  }
  void OnReady(std::uint32_t index) override {
    handles_.Read(index);
    CountEvent();
  }
};

class RearmWorkload final : public Workload {
 public:
  RearmWorkload(std::uint32_t handles, RearmVariant variant)
      : handles_(handles), variant_(variant) {
    if (variant != RearmVariant::kStaysReady &&
        variant != RearmVariant::kLateStaysReady) {
      return;
    }
    for (std::uint32_t i = 0; i < handles; ++i) handles_.Write(i);
  }

  bool Suits(const Driver& driver) const override {
    return driver.Supports(kMode);
  }

  std::unique_ptr<Session> Start(const DriverFactory& make_driver) override {
    switch (variant_) {
      case RearmVariant::kRead:
        return std::make_unique<ReadSession>(handles_, make_driver());
      case RearmVariant::kStaysReady:
        return std::make_unique<StaysReadySession>(handles_, make_driver());
      case RearmVariant::kLate:
        return std::make_unique<LateReadSession>(handles_, make_driver());
      case RearmVariant::kLateStaysReady:
        return std::make_unique<LateSession>(handles_, make_driver());
    }
    return nullptr;
  }

 private:
  const Eventfds handles_;
  const RearmVariant variant_;
};

std::string Name(RearmVariant variant) {
  switch (variant) {
    case RearmVariant::kRead:
      return "read";
    case RearmVariant::kStaysReady:
      return "stays_ready";
    case RearmVariant::kLate:
      return "late";
    case RearmVariant::kLateStaysReady:
      return "late_stays_ready";
  }
  return "";
}

}  // namespace

Case RearmCase(std::uint32_t handles, RearmVariant variant) {
  return {"rearm",
          {{"handles", handles}, {"variant", Name(variant)}},
          "event",
          [=] { return std::make_unique<RearmWorkload>(handles, variant); }};
}

std::vector<Case> RearmCases() {
  std::vector<Case> cases;
  for (const RearmVariant variant :
       {RearmVariant::kRead, RearmVariant::kStaysReady, RearmVariant::kLate,
        RearmVariant::kLateStaysReady}) {
    for (const std::uint32_t handles : {1, 16, 256}) {
      cases.push_back(RearmCase(handles, variant));
    }
  }
  return cases;
}

}  // namespace benchmarks
