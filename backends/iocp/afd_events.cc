#include "backends/iocp/afd_events.h"

#include <cstdint>

#include "event/interest.h"
#include "event/readiness.h"

namespace event_selector {
namespace iocp {
namespace {

// Reported whether they are asked for or not.
constexpr Readiness kUnasked = Readiness::kHangup | Readiness::kError;

struct Meaning {
  std::uint32_t event;
  Readiness readiness;
};

// What each event makes possible: at the end of a connection, in whatever way
// it came, a read and a write return at once.
constexpr Meaning kMeanings[] = {
    {afd::kReceive, Readiness::kReadable},
    {afd::kAccept, Readiness::kReadable},
    {afd::kReceiveExpedited, Readiness::kPriority},
    {afd::kSend, Readiness::kWritable},
    {afd::kDisconnect, Readiness::kReadable | Readiness::kReadClosed},
    // No kError: SO_ERROR has nothing to fetch then, the next recv() has.
    {afd::kAbort, Readiness::kReadable | Readiness::kWritable |
                      Readiness::kReadClosed | Readiness::kHangup},
    {afd::kConnectFail, Readiness::kReadable | Readiness::kWritable |
                            Readiness::kReadClosed | Readiness::kHangup |
                            Readiness::kError},
};

constexpr Readiness AskedFor(Interest interest) {
  Readiness asked = kUnasked;
  if (interest.contains(Interest::kReadable)) asked |= Readiness::kReadable;
  if (interest.contains(Interest::kWritable)) asked |= Readiness::kWritable;
  if (interest.contains(Interest::kPriority)) asked |= Readiness::kPriority;
  if (interest.contains(Interest::kReadClosed)) asked |= Readiness::kReadClosed;
  return asked;
}

}  // namespace

Readiness ToReadiness(std::uint32_t events, Interest interest,
                      bool is_send_shut_down) {
  Readiness readiness;
  for (const Meaning& meaning : kMeanings) {
    if ((events & meaning.event) != 0) readiness |= meaning.readiness;
  }
  if (is_send_shut_down && (events & afd::kDisconnect) != 0) {
    readiness |= Readiness::kHangup;
  }
  return readiness & AskedFor(interest);
}

}  // namespace iocp
}  // namespace event_selector
