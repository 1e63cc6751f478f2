// The tests of driver_test.cc for the other libraries.

#include <string>
#include <vector>

#include "benchmarks/driver.h"
#include "benchmarks/drivers/driver_test.h"
#include "benchmarks/drivers/raw_io_uring.h"
#include "benchmarks/harness/machine.h"
#include "benchmarks/peers/contestants.h"
#include "benchmarks/peers/rust.h"
#include "event/mode.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace benchmarks {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsSupersetOf;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAreArray;

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
  std::vector<std::string> expected = {
      "libevent level",        "libevent edge", "libevent oneshot",
      "libevent edge|oneshot", "libev level",   "libev oneshot",
      "libuv level",           "asio level",    "asio oneshot"};
  if (HasRawIoUring()) {
    expected.insert(expected.end(),
                    {"asio_io_uring level", "asio_io_uring oneshot"});
  }
  if (!RustContestants().empty()) {
    expected.insert(expected.end(), {"mio edge", "polling oneshot"});
  }
  EXPECT_THAT(supported, UnorderedElementsAreArray(expected));
}

// libev also has functions of libevent's names (see BUILD.bazel).
TEST(PeerVersionsTest, AreThoseOfTheRightLibraries) {
  const auto version = [](const char* name, const char* start) {
    return AllOf(Field(&LibraryVersion::name, name),
                 Field(&LibraryVersion::version, StartsWith(start)));
  };
  EXPECT_THAT(PeerVersions(),
              IsSupersetOf({version("libevent", "2."), version("libev", "4."),
                            version("libuv", "1."), version("asio", "1.")}));
}

TEST(PeerVersionsTest, AreThoseOfRustsLibraries) {
  if (RustContestants().empty()) GTEST_SKIP() << "without mio and polling";
  std::vector<std::string> versions;
  for (const LibraryVersion& version : RustVersions()) {
    versions.push_back(version.name + " " + version.version);
  }
  EXPECT_THAT(versions,
              ElementsAre(StartsWith("mio 0.8."), StartsWith("polling 2.")));
}

}  // namespace
}  // namespace benchmarks
