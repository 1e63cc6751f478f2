#include "tests/soak/churn_load.h"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/token.h"
#include "tests/soak/counters.h"
#include "tests/soak/driver.h"
#include "tests/soak/setting.h"
#include "tests/soak/waiting_pool.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace soak {
namespace {

constexpr std::size_t kPlaces = 2;
constexpr absl::Duration kPeriod = absl::Milliseconds(12);
constexpr int kPlaceBits = 8;

Token MakeToken(std::size_t number, std::uint64_t generation) {
  return MakeToken(Owner::kChurn, (generation << kPlaceBits) | number);
}

// Up to the end of the stream, or the reset that takes its place.
void ReadAll(Handle handle) {
  while (testing::TryRead(handle, 64).kind ==
         testing::ReadResult::Kind::kData) {
  }
}

}  // namespace

ChurnLoad::ChurnLoad(const Setting& setting)
    : setting_(setting),
      edge_(Mode::kEdge & setting.pool.selector().capabilities().modes) {
  for (std::size_t i = 0; i < kPlaces; ++i) {
    places_.emplace_back();
    AddDriver(kPeriod, [this, i](Driver&) { return Round(i); });
  }
  setting_.pool.Attach(Owner::kChurn, *this);
}

void ChurnLoad::Start() { StartDrivers(); }

void ChurnLoad::Stop() {
  StopDrivers();
  setting_.pool.Stop();
  for (Place& place : places_) Close(place);
}

void ChurnLoad::CheckAccounts() {
  for (Place& place : places_) {
    std::lock_guard<std::mutex> lock(place.mutex);
    if (place.added == place.removed + place.abandoned &&
        place.generation == place.added + place.modified &&
        place.generation == place.ended) {
      continue;
    }
    setting_.findings.Add(
        name(),
        absl::StrCat("expected as many ends as beginnings, came ", place.added,
                     " added, ", place.removed, " removed, ", place.abandoned,
                     " closed, ", place.generation, " generations, ",
                     place.ended, " ended"));
  }
}

bool ChurnLoad::Round(std::size_t number) {
  return AddAndRemove(number) && ModifyTwice(number) &&
         RemoveWhilePending(number) && CloseWithoutRemove(number) &&
         PeerCloses(number, Interest::kReadable | Interest::kReadClosed,
                    edge_) &&
         PeerCloses(number, Interest::kReadable, Mode::kOneshot) &&
         (!setting_.pool.selector().capabilities().hangup_without_interest ||
          PeerCloses(number, Interest::kNone, Mode::kLevel));
}

bool ChurnLoad::AddAndRemove(std::size_t number) {
  Place& place = places_[number];
  Open(place);
  Add(number, Interest::kReadable, Mode::kLevel);
  testing::SendAll(place.pair.b.handle(), "x");
  const bool has_come = AwaitReport(number, Readiness::kReadable);
  Remove(number);
  Close(place);
  return has_come;
}

bool ChurnLoad::ModifyTwice(std::size_t number) {
  Place& place = places_[number];
  Open(place);
  Add(number, Interest::kReadable, edge_);
  testing::SendAll(place.pair.b.handle(), "x");
  Modify(number, Interest::kWritable, Mode::kOneshot);
  const bool is_writable = AwaitReport(number, Readiness::kWritable);
  Modify(number, Interest::kReadable, Mode::kOneshot);
  testing::SendAll(place.pair.b.handle(), "y");
  const bool is_readable = AwaitReport(number, Readiness::kReadable);
  Remove(number);
  Close(place);
  return is_writable && is_readable;
}

bool ChurnLoad::RemoveWhilePending(std::size_t number) {
  Place& place = places_[number];
  Open(place);
  testing::SendAll(place.pair.b.handle(), "x");
  Add(number, Interest::kReadable, Mode::kLevel);
  Remove(number);
  // What is still registered now would be reported.
  testing::SendAll(place.pair.b.handle(), "y");
  StartNewWaits();
  Close(place);
  return true;
}

bool ChurnLoad::CloseWithoutRemove(std::size_t number) {
  // Who polls does not notice it before the number may be another handle's:
  // S2 in docs/contract.md.
  if (edge_.empty()) return true;
  Place& place = places_[number];
  Open(place);
  Add(number, Interest::kReadable, edge_);
  testing::SendAll(place.pair.b.handle(), "x");
  const bool has_come = AwaitReport(number, Readiness::kReadable);
  Abandon(number);
  Close(place);
  return has_come;
}

bool ChurnLoad::PeerCloses(std::size_t number, Interest interest, Mode mode) {
  Place& place = places_[number];
  Open(place);
  Add(number, interest, mode);
  testing::HangUp(std::move(place.pair.b));
  const bool has_come = AwaitReport(number, Readiness::kHangup);
  Remove(number);
  Close(place);
  return has_come;
}

void ChurnLoad::OnEvent(const Event& event, std::uint64_t wait_started) {
  const std::uint64_t rest = RestOf(event.token);
  const std::size_t number = rest & ((1u << kPlaceBits) - 1);
  const std::uint64_t generation = rest >> kPlaceBits;
  if (number >= places_.size()) {
    setting_.findings.Add(name(), "an event of a place that never was");
    return;
  }
  Place& place = places_[number];
  std::lock_guard<std::mutex> lock(place.mutex);
  if (generation != place.generation || !place.is_registered) {
    return CheckNotStale(number, place, generation, wait_started);
  }
  place.reported |= event.readiness;
  // A level-triggered handle would be reported again.
  if (event.readiness.readable()) ReadAll(place.pair.a.handle());
  drivers()[number]->Notify();
}

void ChurnLoad::CheckNotStale(std::size_t number, const Place& place,
                              std::uint64_t generation,
                              std::uint64_t wait_started) {
  if (generation > place.generation) {
    setting_.findings.Add(name(), "an event of a generation still to come");
    return;
  }
  // Of those that are forgotten, all ended before the oldest remembered.
  std::uint64_t remembered = generation;
  if (place.ended > kMemory && remembered <= place.ended - kMemory) {
    remembered = place.ended - kMemory + 1;
  }
  const std::uint64_t end = place.ends[remembered % kMemory];
  if (wait_started < end) return;  // It overlapped the end: allowed.
  setting_.findings.Add(
      name(),
      absl::StrCat("stale: place ", number, ": an event of generation ",
                   generation, " by a Wait that started at ", wait_started,
                   ", expected none after its end at ", end));
}

void ChurnLoad::Open(Place& place) {
  std::lock_guard<std::mutex> lock(place.mutex);
  place.pair = testing::MakeStreamPair();
}

// The lock is held across the calls below: an event of the new registration
// that comes before the call returns finds it recorded, and one of the old
// finds its end.
void ChurnLoad::Add(std::size_t number, Interest interest, Mode mode) {
  Place& place = places_[number];
  std::lock_guard<std::mutex> lock(place.mutex);
  Begin(place);
  ++place.added;
  Check(setting_.pool.selector().Add(place.pair.a.handle(),
                                     MakeToken(number, place.generation),
                                     interest, mode),
        "Add");
}

void ChurnLoad::Modify(std::size_t number, Interest interest, Mode mode) {
  Place& place = places_[number];
  std::lock_guard<std::mutex> lock(place.mutex);
  Check(setting_.pool.selector().Modify(place.pair.a.handle(),
                                        MakeToken(number, place.generation + 1),
                                        interest, mode),
        "Modify");
  End(place);
  Begin(place);
  ++place.modified;
}

void ChurnLoad::Remove(std::size_t number) {
  Place& place = places_[number];
  std::lock_guard<std::mutex> lock(place.mutex);
  Check(setting_.pool.selector().Remove(place.pair.a.handle()), "Remove");
  End(place);
  ++place.removed;
}

// The number is free from here on, and another thread may get it at once.
void ChurnLoad::Abandon(std::size_t number) {
  Place& place = places_[number];
  std::lock_guard<std::mutex> lock(place.mutex);
  place.pair.a.Close();
  End(place);
  ++place.abandoned;
}

void ChurnLoad::Close(Place& place) {
  std::lock_guard<std::mutex> lock(place.mutex);
  place.pair = {};
}

void ChurnLoad::Begin(Place& place) {
  ++place.generation;
  place.is_registered = true;
  place.reported = Readiness();
}

void ChurnLoad::End(Place& place) {
  place.ends[place.generation % kMemory] = setting_.pool.Tick();
  place.is_registered = false;
  ++place.ended;
}

bool ChurnLoad::AwaitReport(std::size_t number, Readiness readiness) {
  Place& place = places_[number];
  const auto has_come = [&] {
    std::lock_guard<std::mutex> lock(place.mutex);
    return place.reported.contains(readiness);
  };
  if (drivers()[number]->Await(has_come, setting_.patience)) return true;
  setting_.findings.Add(
      name(),
      absl::StrCat("lost: place ", number, ": generation ", place.generation,
                   ": expected ", readiness.ToString(), ", came ",
                   place.reported.ToString()));
  return false;
}

void ChurnLoad::Check(const absl::Status& status, absl::string_view call) {
  setting_.counters.Add(Count::kRegistrations);
  if (status.ok()) return;
  setting_.findings.Add(
      name(), absl::StrCat(call, ": expected OK, came ", status.ToString()));
}

void ChurnLoad::StartNewWaits() {
  setting_.counters.Add(Count::kWakesAsked);
  if (!setting_.pool.selector().Wake().ok()) {
    setting_.findings.Add(name(), "Wake failed");
  }
}

}  // namespace soak
}  // namespace event_selector
