// The tests of driver_test.cc for the other libraries.

#include <string>
#include <vector>

#include "benchmarks/driver.h"
#include "benchmarks/drivers/driver_test.h"
#include "benchmarks/harness/machine.h"
#include "benchmarks/peers/contestants.h"
#include "event/mode.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace benchmarks {
namespace {

using ::testing::AllOf;
using ::testing::Field;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

INSTANTIATE_TEST_SUITE_P(Peers, DriverTest,
                         ::testing::ValuesIn(PeerContestants()),
                         ContestantName);

TEST(PeerContestantsTest, SupportTheModesOfTheirLibraries) {
  std::vector<std::string> supported;
  for (const Contestant& contestant : PeerContestants()) {
    const auto driver = contestant.make();
    for (const event_selector::Mode mode :
         {event_selector::Mode::kLevel, event_selector::Mode::kEdge,
          event_selector::Mode::kOneshot,
          event_selector::Mode::kEdge | event_selector::Mode::kOneshot}) {
      if (driver->Supports(mode)) {
        supported.push_back(contestant.name + " " + mode.ToString());
      }
    }
  }
  EXPECT_THAT(supported,
              UnorderedElementsAre(
                  "libevent level", "libevent edge", "libevent oneshot",
                  "libevent edge|oneshot", "libev level", "libev oneshot",
                  "libuv level", "asio level", "asio oneshot"));
}

// libev also has functions of libevent's names (see BUILD.bazel).
TEST(PeerVersionsTest, AreThoseOfTheRightLibraries) {
  const auto version = [](const char* name, const char* start) {
    return AllOf(Field(&LibraryVersion::name, name),
                 Field(&LibraryVersion::version, StartsWith(start)));
  };
  EXPECT_THAT(
      PeerVersions(),
      UnorderedElementsAre(version("libevent", "2."), version("libev", "4."),
                           version("libuv", "1."), version("asio", "1.")));
}

}  // namespace
}  // namespace benchmarks
