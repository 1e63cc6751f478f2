#include "examples/tcp_proxy/tunnel.h"

#include <cstddef>
#include <utility>

#include "event/handle.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "examples/common/descriptor.h"
#include "examples/common/lingering_close.h"
#include "examples/common/socket_calls.h"

namespace examples {
namespace proxy {

Tunnel::Tunnel(Descriptor client, std::size_t max_buffer)
    : client_(std::move(client)), up_(max_buffer), down_(max_buffer) {}

void Tunnel::Connecting(Descriptor target) { target_ = std::move(target); }

event_selector::Handle Tunnel::handle(Side side) const {
  return (side == Side::kClient ? client_ : target_).get();
}

event_selector::Interest Tunnel::interest(Side side) const {
  if (!connected_) {
    // The end of the attempt is told as being writable. The client is parked
    // until then: it is registered, and a reset would be told.
    return side == Side::kTarget ? event_selector::Interest::kWritable
                                 : event_selector::Interest::kNone;
  }
  event_selector::Interest interest;
  if (FlowFrom(side).wants_to_read())
    interest |= event_selector::Interest::kReadable;
  if (FlowFrom(Other(side)).wants_to_write()) {
    interest |= event_selector::Interest::kWritable;
  }
  return interest;
}

Tunnel::State Tunnel::Serve(Side side, event_selector::Readiness readiness) {
  if (!connected_ && side == Side::kTarget) return ServeConnecting(readiness);
  // Nothing more can be received or sent there. What the proxy holds for the
  // other side is dropped, too: a reset overtakes data.
  if (readiness.error() && !SurvivesError(handle(side))) return State::kBroken;
  // A hang-up tells that both directions of the socket are closed. This need
  // not be the end: after both sides have shut down, the last data may still be
  // unread. So it only means that reading and writing will not block; if it is
  // the end, they will say so.
  const bool hangup = readiness.hangup();
  if ((readiness.readable() || hangup) && !Forward(side)) {
    return State::kBroken;
  }
  if ((readiness.writable() || hangup) &&
      !FlowFrom(Other(side)).Write(handle(side))) {
    return State::kBroken;
  }
  return up_.finished() && down_.finished() ? State::kFinished : State::kOpen;
}

Tunnel::State Tunnel::ServeConnecting(event_selector::Readiness readiness) {
  if (TakeError(target_.get()) != 0 || readiness.error()) {
    return State::kRefused;
  }
  // From here on both are asked to be readable. What they have sent meanwhile
  // is reported by the next wait: nothing has to be tried here.
  connected_ = readiness.writable();
  return State::kOpen;
}

bool Tunnel::Forward(Side side) {
  Flow& flow = FlowFrom(side);
  if (!connected_) return true;
  // The other side has room most of the time: to try at once saves asking for
  // it, and waiting.
  return flow.Read(handle(side)) && flow.Write(handle(Other(side)));
}

void Tunnel::TurnAway(LingeringClose& closing) {
  closing.Add(std::move(client_));
}

void Tunnel::Finish(LingeringClose& closing) {
  if (!connected_) return TurnAway(closing);
  closing.Add(std::move(client_), down_.TakeRest());
  closing.Add(std::move(target_), up_.TakeRest());
}

void Tunnel::Reset() {
  ResetWhenClosed(client_.get());
  ResetWhenClosed(target_.get());
}

}  // namespace proxy
}  // namespace examples
