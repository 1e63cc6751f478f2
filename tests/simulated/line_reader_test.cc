// How a program that uses a selector is tested with a simulated one: an example
// for users, and a proof that such a test finds what it is for.

#include "tests/simulated/line_reader.h"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "event/testing/selector_call.h"
#include "event/testing/simulated_faults.h"
#include "event/testing/simulated_selector.h"
#include "event/testing/simulated_stream.h"
#include "event/testing/simulation.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using Mistake = LineReader::Mistake;

constexpr absl::Duration kPatience = absl::Seconds(1);

// The system calls, on simulated connections.
class FakeStreams final : public LineReader::Streams {
 public:
  explicit FakeStreams(Simulation& simulation) : streams_(simulation) {}

  // The reader's end of a new connection.
  Handle Open() {
    const SimulatedStreams::Pair ends = streams_.MakePair();
    peers_[ends.program] = ends.peer;
    return ends.program;
  }
  void Deliver(Handle handle, const std::string& data) {
    streams_.Write(peers_.at(handle), data);
  }
  void Finish(Handle handle) { streams_.Close(peers_.at(handle)); }

  LineReader::Chunk Read(Handle handle, std::size_t most) override {
    std::string data(most, '\0');
    const std::ptrdiff_t size = streams_.Read(handle, &data[0], most);
    if (size == 0) return {LineReader::Chunk::Kind::kEnd, ""};
    if (size < 0) {
      EXPECT_EQ(errno, EAGAIN) << "reads what it closed";
      return {LineReader::Chunk::Kind::kWouldBlock, ""};
    }
    data.resize(static_cast<std::size_t>(size));
    return {LineReader::Chunk::Kind::kData, data};
  }

  void Close(Handle handle) override { streams_.Close(handle); }

 private:
  SimulatedStreams streams_;
  std::map<Handle, Handle> peers_;
};

TEST(LineReaderTest, ReadsLinesThatComeInPieces) {
  Simulation simulation;
  SimulatedSelector selector(simulation);
  FakeStreams streams(simulation);
  const Handle handle = streams.Open();
  simulation.After(absl::Milliseconds(100),
                   [&] { streams.Deliver(handle, "one\ntw"); });
  simulation.After(absl::Milliseconds(900),
                   [&] { streams.Deliver(handle, "o\nthree"); });
  simulation.After(absl::Milliseconds(1000), [&] { streams.Finish(handle); });

  LineReader reader(
      selector, streams, [&] { return simulation.now(); }, kPatience);
  ASSERT_TRUE(reader.Watch(handle).ok());
  EXPECT_EQ(reader.Run(), absl::OkStatus()) << selector.CallsToString();
  EXPECT_THAT(reader.lines(handle), ElementsAre("one", "two", "three"));
  EXPECT_EQ(selector.registrations(), 0u);
  EXPECT_FALSE(simulation.IsOpen(handle));
}

TEST(LineReaderTest, GivesUpWhenItsPatienceIsOver) {
  Simulation simulation;
  SimulatedSelector selector(simulation);
  FakeStreams streams(simulation);
  const Handle handle = streams.Open();
  simulation.After(absl::Milliseconds(300),
                   [&] { streams.Deliver(handle, "one\n"); });
  LineReader reader(
      selector, streams, [&] { return simulation.now(); }, kPatience);
  ASSERT_TRUE(reader.Watch(handle).ok());
  EXPECT_EQ(reader.Run().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(simulation.now(), absl::Milliseconds(1300));
}

TEST(LineReaderTest, TellsWhenTheSelectorIsFull) {
  Simulation simulation;
  SimulatedSelector selector(simulation);
  FakeStreams streams(simulation);
  selector.FailNext(SelectorCall::Kind::kAdd,
                    absl::ResourceExhaustedError("no watches left"));
  LineReader reader(
      selector, streams, [&] { return simulation.now(); }, kPatience);
  EXPECT_EQ(reader.Watch(simulation.MakeHandle()).code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(reader.Run(), absl::OkStatus()) << "there is nothing to wait for";
}

// Plays one story of a few streams: their data come in pieces at any time, but
// never so late that the reader may give up. "" where it read what was sent.
std::string Play(std::uint64_t seed, const SimulatedFaults& faults,
                 Mistake mistake) {
  constexpr int kStreams = 5;
  SimulationOptions options;
  options.seed = seed;
  Simulation simulation(options);
  SimulatedSelector selector(simulation);
  selector.SetFaults(faults);
  FakeStreams streams(simulation);
  LineReader reader(
      selector, streams, [&] { return simulation.now(); }, kPatience, mistake);
  std::mt19937_64 random(seed);
  std::vector<Handle> handles;
  for (int i = 0; i < kStreams; ++i) {
    const Handle handle = streams.Open();
    handles.push_back(handle);
    if (!reader.Watch(handle).ok()) return "Watch failed";
    absl::Duration time;
    for (const char* piece : {"fir", "st\nsecond\nth", "i", "rd\n", "last"}) {
      time += absl::Milliseconds(random() % 500);
      simulation.At(
          time, [&streams, handle, piece] { streams.Deliver(handle, piece); });
    }
    simulation.At(time, [&streams, handle] { streams.Finish(handle); });
  }
  const absl::Status status = reader.Run();
  if (!status.ok()) return status.ToString() + "\n" + selector.CallsToString();
  const std::vector<std::string> sent = {"first", "second", "third", "last"};
  for (const Handle handle : handles) {
    if (reader.lines(handle) != sent) {
      return "a line is missing\n" + selector.CallsToString();
    }
  }
  return selector.registrations() == 0 ? "" : "forgot to remove a handle";
}

SimulatedFaults EveryFault() {
  SimulatedFaults faults;
  faults.empty_wait = 0.1;
  faults.spurious_event = 0.05;
  faults.short_batch = 0.3;
  faults.reordered = 0.3;
  faults.late_event = 0.3;
  return faults;
}

TEST(LineReaderTest, SurvivesWhateverASelectorMayDo) {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    ASSERT_EQ(Play(seed, EveryFault(), Mistake::kNone), "") << "seed " << seed;
  }
}

// ---- Would that test find mistakes?

int CountFailures(const SimulatedFaults& faults, Mistake mistake) {
  constexpr std::uint64_t kSeeds = 100;
  int failures = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    if (!Play(seed, faults, mistake).empty()) ++failures;
  }
  return failures;
}

TEST(LineReaderTest, FindsMistakesThatAKindSelectorHides) {
  for (const Mistake mistake :
       {Mistake::kTrustsEvents, Mistake::kTrustsEmptyResults}) {
    EXPECT_GT(CountFailures(EveryFault(), mistake), 0);
  }
  // Where nothing is wrong, an empty result means that the time is over, and
  // this mistake is never seen.
  EXPECT_EQ(CountFailures({}, Mistake::kTrustsEmptyResults), 0);
}

TEST(LineReaderTest, FindsMistakesThatTheContractForbidsAnyway) {
  EXPECT_GT(CountFailures({}, Mistake::kReadsOnce), 0);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
