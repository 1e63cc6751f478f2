#include "tests/soak/echo_load.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "tests/soak/counters.h"
#include "tests/soak/driver.h"
#include "tests/soak/echo_connection.h"
#include "tests/soak/setting.h"
#include "tests/soak/waiting_pool.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace soak {
namespace {

constexpr std::size_t kOfEachKind = 6;
constexpr absl::Duration kPeriod = absl::Milliseconds(10);

}  // namespace

EchoLoad::EchoLoad(const Setting& setting)
    : setting_(setting),
      mode_(setting.pool.selector().capabilities().modes.contains(Mode::kEdge)
                ? Mode::kEdge
                : Mode::kOneshot),
      driver_(AddDriver(kPeriod, [this](Driver&) { return Round(); })) {
  setting_.pool.Attach(Owner::kEcho, *this);
}

void EchoLoad::Start() {
  for (std::size_t i = 0; i < 2 * kOfEachKind; ++i) {
    connections_.emplace_back(
        i % 2 == 0 ? testing::MakeTcpPair() : testing::MakeStreamPair(), i);
  }
  // Only now: an event needs its connection.
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    Watch(connections_[i].server.handle(), 2 * i);
    Watch(connections_[i].client.handle(), 2 * i + 1);
  }
  StartDrivers();
}

void EchoLoad::Stop() {
  StopDrivers();
  setting_.pool.Stop();
  connections_.clear();
}

void EchoLoad::CheckAccounts() {
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    const EchoClientEnd::Totals totals = connections_[i].client.totals();
    if (totals.ordered == totals.received && totals.sent == totals.received) {
      continue;
    }
    Report(i, absl::StrCat("expected ", totals.ordered, " bytes, of which ",
                           totals.sent, " were sent and ", totals.received,
                           " came back"));
  }
}

void EchoLoad::Watch(Handle handle, std::uint64_t end) {
  const absl::Status added = setting_.pool.selector().Add(
      handle, MakeToken(Owner::kEcho, end),
      Interest::kReadable | Interest::kWritable, mode_);
  setting_.counters.Add(Count::kRegistrations);
  if (!added.ok()) setting_.findings.Add(name(), added.ToString());
}

// An edge comes without being asked for again.
void EchoLoad::Rearm(Handle handle, std::uint64_t end, Interest interest) {
  if (mode_ == Mode::kEdge) return;
  const absl::Status armed = setting_.pool.selector().Modify(
      handle, MakeToken(Owner::kEcho, end), interest, mode_);
  setting_.counters.Add(Count::kRegistrations);
  // All bytes may be back, and the selector closed.
  if (armed.ok() || absl::IsCancelled(armed)) return;
  setting_.findings.Add(name(), armed.ToString());
}

bool EchoLoad::Round() {
  incomplete_.store(connections_.size());
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    const std::uint64_t size = NextSize();
    bytes += size;
    connections_[i].client.Order(size);
    PumpClient(i);
  }
  if (!driver_.Await([this] { return incomplete_.load() == 0; },
                     setting_.patience)) {
    CheckAccounts();
    setting_.findings.Add(name(), "lost: not every byte has come back");
    return false;
  }
  setting_.counters.Add(Count::kBytes, bytes);
  return true;
}

std::uint64_t EchoLoad::NextSize() {
  const auto draw = random_();
  if (draw % 1009 == 0) return 1024 * 1024;
  if (draw % 101 == 0) return 256 * 1024;
  if (draw % 11 == 0) return 5000;
  return 1 + draw % 100;
}

void EchoLoad::OnEvent(const Event& event, std::uint64_t /*wait_started*/) {
  const std::uint64_t end = RestOf(event.token);
  const std::size_t number = end / 2;
  if (number >= connections_.size()) {
    Report(number, "an event of a connection that never was");
  } else if (end % 2 == 1) {
    PumpClient(number);
  } else {
    PumpServer(number);
  }
}

void EchoLoad::PumpServer(std::size_t number) {
  EchoServerEnd& server = connections_[number].server;
  const auto problem = server.Pump(
      [&](Interest interest) { Rearm(server.handle(), 2 * number, interest); });
  if (problem) Report(number, absl::StrCat("server: ", *problem));
}

void EchoLoad::PumpClient(std::size_t number) {
  EchoClientEnd& client = connections_[number].client;
  const EchoClientEnd::Progress progress = client.Pump([&](Interest interest) {
    Rearm(client.handle(), 2 * number + 1, interest);
  });
  if (progress.problem) Report(number, *progress.problem);
  if (progress.is_complete && incomplete_.fetch_sub(1) == 1) driver_.Notify();
}

void EchoLoad::Report(std::size_t number, absl::string_view problem) {
  setting_.findings.Add(name(),
                        absl::StrCat("connection ", number, ": ", problem));
}

}  // namespace soak
}  // namespace event_selector
