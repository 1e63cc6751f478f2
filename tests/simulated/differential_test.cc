// Random scripts on real sockets and a backend, and on a simulation that is
// told what poll(2) says of the same sockets: both report the same.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulation.h"
#include "event/token.h"
#include "gtest/gtest.h"
#include "tests/contract/backends.h"
#include "tests/model/objects.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

constexpr std::size_t kEnds = 12;  // Two to a pair: 2n and 2n+1.
constexpr int kSteps = 1500;

// Those that report what holds in one piece: kqueue has an event for each
// direction.
std::vector<Backend> ComparableBackends() {
  std::vector<Backend> backends;
  for (const Backend& backend : BackendsUnderTest()) {
    if (!backend.splits_events) backends.push_back(backend);
  }
  return backends;
}

class SimulatedAsReal : public ::testing::TestWithParam<Backend> {
 protected:
  void Play(std::uint64_t seed);

 private:
  using Reports = std::map<std::uint64_t, Readiness>;  // By token.
  struct End {
    Socket socket;
    Handle fake = kInvalidHandle;
    bool is_shut = false;
    int activity = 0;
  };
  struct Registration {
    std::size_t end = 0;
    bool is_edge = false;
    int reported_activity = 0;
  };

  std::size_t Below(std::size_t limit) { return random_() % limit; }
  Interest ChooseInterest();
  Mode ChooseMode();

  void OpenPair(std::size_t first);
  void CloseEnd(std::size_t i);
  void Touch(std::size_t i);
  void Step();
  void Send(std::size_t i, std::size_t size);
  void Read(std::size_t i, bool is_all);
  void Arm(std::size_t i, bool is_add);
  void Remove(std::size_t i);
  // Tells the simulation what holds.
  void Mirror();
  void CompareWaits();
  void CompareReports(const Reports& real, const Reports& simulated);
  static Reports WaitOn(Selector& selector);

  std::mt19937_64 random_;
  std::unique_ptr<Selector> real_;
  Simulation simulation_;
  std::unique_ptr<SimulatedSelector> simulated_;
  std::array<End, kEnds> ends_;
  std::map<std::uint64_t, Registration> registrations_;  // By token.
  std::uint64_t last_token_ = 0;
  int reports_ = 0;
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(SimulatedAsReal);
INSTANTIATE_TEST_SUITE_P(Backends, SimulatedAsReal,
                         ::testing::ValuesIn(ComparableBackends()),
                         ::testing::PrintToStringParamName());

// ---- Choices

Interest SimulatedAsReal::ChooseInterest() {
  Interest interest;
  if (Below(4) != 0) interest |= Interest::kReadable;
  if (Below(3) == 0) interest |= Interest::kWritable;
  if (Below(3) == 0) interest |= Interest::kReadClosed;
  // What a parked one reports is different where the handles' numbers are kept.
  if (interest.empty() && GetParam().keeps_numbers) return Interest::kReadable;
  return interest & real_->capabilities().interests;
}

Mode SimulatedAsReal::ChooseMode() {
  Mode mode;
  if (Below(2) == 0) mode |= Mode::kEdge;
  if (Below(3) == 0) mode |= Mode::kOneshot;
  return mode & real_->capabilities().modes;
}

// ---- What happens to the sockets

void SimulatedAsReal::OpenPair(std::size_t first) {
  for (const std::size_t i : {first, first + 1}) {
    if (ends_[i].socket.valid()) CloseEnd(i);
  }
  SocketPair pair = MakeStreamPair();
  ends_[first] = {std::move(pair.a), simulation_.MakeHandle()};
  ends_[first + 1] = {std::move(pair.b), simulation_.MakeHandle()};
}

void SimulatedAsReal::Touch(std::size_t i) {
  ++ends_[i].activity;
  ++ends_[i ^ 1].activity;
}

void SimulatedAsReal::CloseEnd(std::size_t i) {
  Remove(i);
  ends_[i].socket.Close();
  simulation_.CloseHandle(ends_[i].fake);
  Touch(i);
}

void SimulatedAsReal::Send(std::size_t i, std::size_t size) {
  const End& end = ends_[i];
  // To what is closed or shut, sending is an error.
  if (end.is_shut || !ends_[i ^ 1].socket.valid()) return;
  const std::string data(size, 'x');
  while (SendSome(end.socket.handle(), data) > 0 && size > 100) {
  }
  Touch(i);
}

void SimulatedAsReal::Read(std::size_t i, bool is_all) {
  constexpr std::size_t kMost = 1 << 16;
  const Handle handle = ends_[i].socket.handle();
  while (TryRead(handle, is_all ? kMost : 2).kind == ReadResult::Kind::kData &&
         is_all) {
  }
  Touch(i);
}

void SimulatedAsReal::Mirror() {
  std::vector<Polled> polled;
  std::vector<Handle> fakes;
  for (const End& end : ends_) {
    if (!end.socket.valid()) continue;
    polled.push_back({end.socket.handle(), Readiness()});
    fakes.push_back(end.fake);
  }
  PollAll(absl::MakeSpan(polled));
  for (std::size_t i = 0; i < fakes.size(); ++i) {
    simulation_.SetReadiness(fakes[i], polled[i].readiness);
  }
}

// ---- Calls

void SimulatedAsReal::Arm(std::size_t i, bool is_add) {
  const Token token(++last_token_);
  const Interest interest = ChooseInterest();
  const Mode mode = ChooseMode();
  const Handle real = ends_[i].socket.handle();
  const Handle fake = ends_[i].fake;
  const absl::Status real_status =
      is_add ? real_->Add(real, token, interest, mode)
             : real_->Modify(real, token, interest, mode);
  const absl::Status status =
      is_add ? simulated_->Add(fake, token, interest, mode)
             : simulated_->Modify(fake, token, interest, mode);
  ASSERT_EQ(status.code(), real_status.code()) << status << real_status;
  if (!status.ok()) return;
  Registration registration;
  registration.end = i;
  registration.is_edge = mode == Mode::kEdge || interest.empty();
  registration.reported_activity = ends_[i].activity - 1;
  registrations_[token.value()] = registration;
}

void SimulatedAsReal::Remove(std::size_t i) {
  const absl::Status real_status = real_->Remove(ends_[i].socket.handle());
  const absl::Status status = simulated_->Remove(ends_[i].fake);
  ASSERT_EQ(status.code(), real_status.code()) << status << real_status;
}

SimulatedAsReal::Reports SimulatedAsReal::WaitOn(Selector& selector) {
  std::array<Event, 2 * kEnds> room;
  const absl::StatusOr<absl::Span<Event>> ready =
      selector.Wait(absl::MakeSpan(room), absl::ZeroDuration());
  EXPECT_TRUE(ready.ok()) << ready.status();
  Reports reports;
  if (!ready.ok()) return reports;
  for (const Event& event : *ready) {
    EXPECT_EQ(reports.count(event.token.value()), 0u) << event;
    reports[event.token.value()] = event.readiness;
  }
  return reports;
}

void SimulatedAsReal::CompareReports(const Reports& real,
                                     const Reports& simulated) {
  for (const auto& [token, readiness] : simulated) {
    const auto found = real.find(token);
    ASSERT_NE(found, real.end()) << "simulated only: " << token << readiness;
    ASSERT_EQ(readiness, found->second) << token;
  }
  for (const auto& [token, readiness] : real) {
    Registration& registration = registrations_.at(token);
    const int activity = ends_[registration.end].activity;
    // M2: after something has happened, extra events are allowed.
    const bool may_be_extra =
        registration.is_edge && activity != registration.reported_activity;
    ASSERT_TRUE(may_be_extra || simulated.count(token) == 1)
        << "real only: " << token << readiness;
    registration.reported_activity = activity;
  }
}

void SimulatedAsReal::CompareWaits() {
  const Reports real = WaitOn(*real_);
  const Reports simulated = WaitOn(*simulated_);
  reports_ += static_cast<int>(simulated.size());
  CompareReports(real, simulated);
}

// ---- The script

void SimulatedAsReal::Step() {
  const std::size_t i = Below(kEnds);
  const std::size_t choice = Below(100);
  if (choice < 30) return CompareWaits();
  if (!ends_[i].socket.valid() || choice >= 98) return OpenPair(i & ~1u);
  if (choice < 45) return Send(i, 3);
  if (choice < 52) return Read(i, /*is_all=*/false);
  if (choice < 60) return Read(i, /*is_all=*/true);
  if (choice < 62) return Send(i, 1 << 16);
  if (choice < 77) return Arm(i, /*is_add=*/true);
  if (choice < 92) return Arm(i, /*is_add=*/false);
  if (choice < 95) return Remove(i);
  if (choice < 96) return CloseEnd(i);
  ends_[i].is_shut = true;
  ShutdownSend(ends_[i].socket.handle());
  Touch(i);
}

void SimulatedAsReal::Play(std::uint64_t seed) {
  random_.seed(seed);
  real_ = *GetParam().create();
  simulated_ = std::make_unique<SimulatedSelector>(simulation_);
  for (End& end : ends_) end = End();
  registrations_.clear();
  reports_ = 0;
  for (std::size_t first = 0; first < kEnds; first += 2) OpenPair(first);
  for (int step = 0; step < kSteps; ++step) {
    SCOPED_TRACE(step);
    Step();
    Mirror();
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(reports_, kSteps / 4);  // It is not as if nothing happened.
}

TEST_P(SimulatedAsReal, ReportsTheSame) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(seed);
    Play(seed);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
