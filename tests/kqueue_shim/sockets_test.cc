// Sockets as the systems have them and Linux does not: from their sources,
// which are named at each test (file and function).

#include <netinet/in.h>
#include <sys/event.h>
#include <sys/socket.h>

#include <cerrno>

#include "absl/time/time.h"
#include "event/handle.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kqueue_shim/kqueue_shim.h"
#include "tests/kqueue_shim/shim_test.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::Duration kForSure = absl::Seconds(120);

class ShimSocketsTest : public ShimTest {
 protected:
  int AddBoth(Handle handle) {
    const int error = Change(handle, EVFILT_READ, EV_ADD);
    return error != 0 ? error : Change(handle, EVFILT_WRITE, EV_ADD);
  }
};

// soisdisconnected(): "so->so_state |= SS_CANTRCVMORE | SS_CANTSENDMORE", and
// both filters "kn->kn_flags |= EV_EOF; kn->kn_fflags = so->so_error"
// (uipc_socket2.c, uipc_socket.c; all systems).
TEST_F(ShimSocketsTest, ARefusedConnect) {
  const UnusedPort unused = UnusedTcpPort();
  const Socket socket = StartConnect(unused.port);
  ASSERT_EQ(AddBoth(socket.handle()), 0);
  ASSERT_TRUE(AwaitWritable(socket.handle(), kForSure));
  const auto events = Wait();
  ASSERT_THAT(events, SizeIs(2));
  for (const auto& event : events) {
    EXPECT_TRUE(Has(event, EV_EOF));
    EXPECT_EQ(event.fflags, static_cast<unsigned>(ECONNREFUSED));
  }
}

// filt_sowrite: "if (((so->so_state & SS_ISCONNECTED) == 0) &&
// (so->so_proto->pr_flags & PR_CONNREQUIRED)) return (0)"; filt_soread: no
// bytes. (All systems.)
TEST_F(ShimSocketsTest, ATcpSocketThatWasNeverConnectedIsSilent) {
  const Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(AddBoth(socket.handle()), 0);
  EXPECT_THAT(Wait(), IsEmpty());
}

// soshutdown() calls socantsendmore() at once: "so->so_snd.sb_state |=
// SBS_CANTSENDMORE; sowwakeup", and filt_sowrite sets EV_EOF.
TEST_F(ShimSocketsTest, TheOwnShutdownIsAnEndOfThatDirection) {
  for (const bool is_tcp : {false, true}) {
    SocketPair pair = is_tcp ? MakeTcpPair() : MakeStreamPair();
    ASSERT_EQ(Change(pair.a.handle(), EVFILT_READ, EV_ADD), 0);
    ASSERT_EQ(Change(pair.a.handle(), EVFILT_WRITE, EV_ADD | EV_CLEAR), 0);
    EXPECT_THAT(Wait(), ElementsAre(Is(EVFILT_WRITE)));
    ShutdownSend(pair.a.handle());
    const auto events = Wait();
    ASSERT_THAT(events, ElementsAre(Is(EVFILT_WRITE)));
    EXPECT_TRUE(Has(events[0], EV_EOF));
    EXPECT_EQ(events[0].fflags, 0u);
  }
}

// Also where the buffer is full.
TEST_F(ShimSocketsTest, TheOwnShutdownOfAFullSocket) {
  SocketPair pair = MakeStreamPair();
  FillSendBuffer(pair.a.handle());
  ASSERT_EQ(Change(pair.a.handle(), EVFILT_WRITE, EV_ADD), 0);
  EXPECT_THAT(Wait(), IsEmpty());
  ShutdownSend(pair.a.handle());
  EXPECT_THAT(Wait(), ElementsAre(Is(EVFILT_WRITE)));
}

// A listener heeds no NOTE_LOWAT: FreeBSD, filt_soread: "if (SOLISTENING(so)) {
// ... return (!TAILQ_EMPTY(&so->sol_comp))"; NetBSD, filt_solisten. And it is
// never writable: filt_sowrite, "if (SOLISTENING(so)) return (0)".
TEST_F(ShimSocketsTest, AListenerHeedsNoMark) {
  for (const System system : kSystems) {
    SCOPED_TRACE(system);
    Play(system);
    const Listener listener = MakeListener();
    const Handle handle = listener.socket.handle();
    ASSERT_EQ(Change(Of(handle, EVFILT_READ, EV_ADD, NOTE_LOWAT, 1 << 30)), 0);
    ASSERT_EQ(Change(handle, EVFILT_WRITE, EV_ADD), 0);
    EXPECT_THAT(Wait(), IsEmpty());
    const Socket client = StartConnect(listener.port);
    ASSERT_TRUE(AwaitReadable(handle, kForSure));
    EXPECT_THAT(Wait(), ElementsAre(Is(EVFILT_READ)));
  }
}

// NetBSD and OpenBSD, soo_kqfilter: "if (so->so_options & SO_ACCEPTCONN)
// kn->kn_fop = &solisten_filtops; else ... &soread_filtops", once and for all.
// FreeBSD (since 12) and XNU ("Radar 6615193 handle the listen case
// dynamically") look each time.
TEST_F(ShimSocketsTest, ListenAfterAddIsNotNoticedByAll) {
  for (const System system : kSystems) {
    SCOPED_TRACE(system);
    Play(system);
    const Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(bind(socket.handle(), reinterpret_cast<sockaddr*>(&address),
                   sizeof(address)),
              0);
    ASSERT_EQ(Change(socket.handle(), EVFILT_READ, EV_ADD), 0);
    ASSERT_EQ(listen(socket.handle(), 1), 0);
    const Socket client = StartConnect(LocalPort(socket.handle()));
    ASSERT_TRUE(AwaitReadable(socket.handle(), kForSure));
    const bool is_noticed =
        system == System::kFreeBsd || system == System::kMacOs;
    EXPECT_THAT(Wait(), SizeIs(is_noticed ? 1 : 0));
  }
}

// NetBSD, kern_event.c, kqueue_register: "if ((kev->flags & EV_ENABLE))
// knote_enqueue(kn)": what holds already is not looked at.
TEST_F(ShimSocketsTest, EnableAloneDoesNotLookOnNetBsd) {
  for (const System system : kSystems) {
    SCOPED_TRACE(system);
    Play(system);
    SocketPair pair = MakeStreamPair();
    ASSERT_EQ(Change(pair.a.handle(), EVFILT_WRITE, EV_ADD | EV_DISPATCH), 0);
    EXPECT_THAT(Wait(), SizeIs(1));
    ASSERT_EQ(Change(pair.a.handle(), EVFILT_WRITE, EV_ENABLE), 0);
    const bool is_netbsd =
        system == System::kNetBsd || system == System::kNetBsd7;
    EXPECT_THAT(Wait(), SizeIs(is_netbsd ? 0 : 1));
  }
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
