// The table of docs/portability-windows.md, event by event. Needs no Windows.

#include "backends/iocp/afd_events.h"

#include <cstdint>

#include "event/interest.h"
#include "event/readiness.h"
#include "gtest/gtest.h"

namespace event_selector {
namespace iocp {
namespace {

constexpr Interest kAll = Interest::kReadable | Interest::kWritable |
                          Interest::kPriority | Interest::kReadClosed;
constexpr std::uint32_t kUnasked =
    afd::kDisconnect | afd::kAbort | afd::kLocalClose | afd::kConnectFail;

TEST(AfdEventsTest, AsksForTheEndOfTheConnectionInAnyCase) {
  EXPECT_EQ(AfdEvents(Interest::kNone), kUnasked);
  EXPECT_EQ(AfdEvents(Interest::kReadClosed), kUnasked);
}

TEST(AfdEventsTest, AsksForWhatTheCallerWantsToKnow) {
  EXPECT_EQ(AfdEvents(Interest::kReadable),
            kUnasked | afd::kReceive | afd::kAccept);
  EXPECT_EQ(AfdEvents(Interest::kWritable), kUnasked | afd::kSend);
  EXPECT_EQ(AfdEvents(Interest::kPriority), kUnasked | afd::kReceiveExpedited);
}

TEST(AfdEventsTest, NeverAsksForConnect) {
  EXPECT_EQ(AfdEvents(kAll) & 0x40, 0u);
}

struct Row {
  std::uint32_t events;
  Readiness readiness;
};

TEST(AfdEventsTest, EachEventMeansWhatTheTableSays) {
  constexpr Row kTable[] = {
      {afd::kReceive, Readiness::kReadable},
      {afd::kAccept, Readiness::kReadable},
      {afd::kReceiveExpedited, Readiness::kPriority},
      {afd::kSend, Readiness::kWritable},
      {afd::kDisconnect, Readiness::kReadable | Readiness::kReadClosed},
      {afd::kAbort, Readiness::kReadable | Readiness::kWritable |
                        Readiness::kReadClosed | Readiness::kHangup},
      {afd::kConnectFail, Readiness::kReadable | Readiness::kWritable |
                              Readiness::kReadClosed | Readiness::kHangup |
                              Readiness::kError},
  };
  for (const Row& row : kTable) {
    EXPECT_EQ(ToReadiness(row.events, kAll, false), row.readiness);
  }
  EXPECT_EQ(ToReadiness(0, kAll, false), Readiness());
}

TEST(AfdEventsTest, EventsAreReportedTogether) {
  EXPECT_EQ(ToReadiness(afd::kReceive | afd::kSend, kAll, false),
            Readiness::kReadable | Readiness::kWritable);
}

TEST(AfdEventsTest, OnlyHangUpAndErrorComeUnasked) {
  EXPECT_EQ(ToReadiness(afd::kSend | afd::kReceive, Interest::kPriority, false),
            Readiness());
  EXPECT_EQ(ToReadiness(afd::kDisconnect, Interest::kNone, false), Readiness());
  EXPECT_EQ(ToReadiness(afd::kAbort, Interest::kNone, false),
            Readiness::kHangup);
  EXPECT_EQ(ToReadiness(afd::kConnectFail, Interest::kNone, false),
            Readiness::kHangup | Readiness::kError);
}

TEST(AfdEventsTest, AFinIsAHangUpOfWhoeverHasShutDownHisOwnSide) {
  EXPECT_EQ(ToReadiness(afd::kDisconnect, Interest::kNone, true),
            Readiness::kHangup);
  EXPECT_EQ(ToReadiness(afd::kReceive, Interest::kReadable, true),
            Readiness::kReadable);
}

}  // namespace
}  // namespace iocp
}  // namespace event_selector
