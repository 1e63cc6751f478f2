// Random scripts on real TCP connections of Linux and on simulated ones: each
// call returns the same, and the same holds after it.

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <random>
#include <string>
#include <utility>

#include "event/handle.h"
#include "event/readiness.h"
#include "event/testing/simulated_stream.h"
#include "event/testing/simulation.h"
#include "gtest/gtest.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

constexpr int kScripts = 2000;
constexpr int kSteps = 30;

// What a call returned: what it moved, or an error.
struct Result {
  std::ptrdiff_t size = 0;
  int error = 0;
  std::string data;

  friend bool operator==(const Result& a, const Result& b) {
    return a.size == b.size && a.error == b.error && a.data == b.data;
  }
  friend std::ostream& operator<<(std::ostream& out, const Result& result) {
    return out << result.size << " (errno " << result.error << ") \""
               << result.data << "\"";
  }
};

Result MakeResult(std::ptrdiff_t size, const std::string& data = "") {
  Result result;
  result.size = size;
  if (size < 0) result.error = errno;
  if (size > 0) result.data = data.substr(0, static_cast<std::size_t>(size));
  return result;
}

Readiness RealReadiness(Handle handle) {
  pollfd watched = {handle, POLLIN | POLLOUT | POLLRDHUP, 0};
  EXPECT_GE(poll(&watched, 1, 0), 0);
  Readiness readiness;
  const auto add = [&](int bit, Readiness part) {
    if ((watched.revents & bit) != 0) readiness |= part;
  };
  add(POLLIN, Readiness::kReadable);
  add(POLLOUT, Readiness::kWritable);
  add(POLLRDHUP, Readiness::kReadClosed);
  add(POLLHUP, Readiness::kHangup);
  add(POLLERR, Readiness::kError);
  return readiness;
}

class StreamsAsReal : public ::testing::Test {
 protected:
  StreamsAsReal() : streams_(simulation_, KeepsUnread()) {}

  static SimulatedStreamOptions KeepsUnread() {
    SimulatedStreamOptions options;
    options.reset_discards_unread = false;  // As Linux.
    return options;
  }

  void Play(std::uint64_t seed) {
    random_.seed(seed);
    SocketPair real = MakeTcpPair();
    real_[0] = std::move(real.a);
    real_[1] = std::move(real.b);
    const SimulatedStreams::Pair pair = streams_.MakePair();
    fake_ = {pair.program, pair.peer};
    unread_ = {};
    for (int step = 0; step < kSteps && !HasFailure(); ++step) Step();
    for (const Handle fake : fake_) streams_.Close(fake);
  }

 private:
  std::size_t Below(std::size_t limit) { return random_() % limit; }

  void Step() {
    const std::size_t end = Below(2);
    if (!real_[end].valid()) return;
    const Handle real = real_[end].handle();
    const Handle fake = fake_[end];
    switch (Below(12)) {
      case 0:
        return Close(end, /*with_reset=*/Below(3) == 0);
      case 1: {
        SCOPED_TRACE("shutdown");
        const Result done = MakeResult(shutdown(real, SHUT_WR));
        EXPECT_EQ(done, MakeResult(streams_.ShutdownWrite(fake)));
        break;
      }
      case 2: {
        SCOPED_TRACE("SO_ERROR");
        EXPECT_EQ(TakeSocketError(real), streams_.TakeError(fake));
        break;
      }
      case 3:
      case 4:
      case 5:
      case 6: {
        SCOPED_TRACE("read");
        std::string room(1 + Below(100), '\0');
        const Result done =
            MakeResult(recv(real, &room[0], room.size(), 0), room);
        std::string fake_room(room.size(), '\0');
        const std::ptrdiff_t size =
            streams_.Read(fake, &fake_room[0], fake_room.size());
        EXPECT_EQ(done, MakeResult(size, fake_room));
        if (size > 0) unread_[end] -= static_cast<std::size_t>(size);
        break;
      }
      default: {
        SCOPED_TRACE("write");
        const std::string data(1 + Below(50),
                               static_cast<char>('a' + Below(26)));
        const Result done =
            MakeResult(send(real, data.data(), data.size(), MSG_NOSIGNAL));
        const Result fake_done = MakeResult(streams_.Write(fake, data));
        EXPECT_EQ(done, fake_done);
        if (fake_done.size > 0 && real_[1 - end].valid()) {
          unread_[1 - end] += data.size();
        }
        break;
      }
    }
    Compare();
  }

  void Close(std::size_t end, bool with_reset) {
    SCOPED_TRACE(with_reset ? "reset" : "close");
    if (with_reset) {
      streams_.ResetWhenClosed(fake_[end]);
      Reset(std::move(real_[end]));
    } else {
      real_[end].Close();
    }
    EXPECT_EQ(streams_.Close(fake_[end]), 0);
    Compare();
  }

  // The same holds on both sides, at the latest when all has arrived.
  void Compare() {
    for (std::size_t end = 0; end < 2; ++end) {
      if (!real_[end].valid()) continue;
      SCOPED_TRACE(end);
      const Handle real = real_[end].handle();
      const Readiness expected = simulation_.readiness(fake_[end]);
      for (int i = 0; i < 10'000; ++i) {
        int unread = 0;
        EXPECT_EQ(ioctl(real, FIONREAD, &unread), 0);
        const bool has_all = static_cast<std::size_t>(unread) >= unread_[end] ||
                             expected.hangup();
        if (has_all && RealReadiness(real) == expected) break;
        const timespec moment = {0, 1'000'000};
        nanosleep(&moment, nullptr);
      }
      EXPECT_EQ(RealReadiness(real), expected);
    }
  }

  std::mt19937_64 random_;
  Simulation simulation_;
  SimulatedStreams streams_;
  std::array<Socket, 2> real_;
  std::array<Handle, 2> fake_ = {};
  std::array<std::size_t, 2> unread_ = {};
};

TEST_F(StreamsAsReal, EveryCallReturnsTheSame) {
  for (int seed = 0; seed < kScripts && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Play(static_cast<std::uint64_t>(seed));
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
