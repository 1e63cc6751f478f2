#ifndef EXAMPLES_TCP_PROXY_TUNNEL_H_
#define EXAMPLES_TCP_PROXY_TUNNEL_H_

#include <cstddef>
#include <cstdint>

#include "event/handle.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "examples/common/descriptor.h"
#include "examples/common/lingering_close.h"
#include "examples/tcp_proxy/flow.h"

namespace examples {
namespace proxy {

// The two ends of a tunnel.
enum class Side { kClient, kTarget };

constexpr Side Other(Side side) {
  return side == Side::kClient ? Side::kTarget : Side::kClient;
}

// A client, its connection to the target, and a flow in each direction.
//
// It does not talk to the selector: `Serve` is told what a socket is ready for,
// and `interest` says what to ask for after that. What a socket is asked for is
// nothing but what the flows can do with it:
//
//   readable  while the flow that comes from it has room;
//   writable  while the flow that goes to it has data.
//
// This is all there is to back-pressure. It needs a level-triggered
// registration, which is silent about what it is not asked for, and tells it
// later if it still holds. (Edge-triggered, every report would have to be
// remembered, as the echo server does. There is less to pay for that: here each
// change of the interest costs a system call. But a tunnel that keeps up with
// its sender never changes it.)
class Tunnel {
 public:
  enum class State {
    kOpen,
    kRefused,   // The target did not accept the connection: connect again, or
                // turn the client away.
    kFinished,  // All is passed on, and both ends know it: close it.
    kBroken,    // One side is gone. The other should see it: reset both.
  };

  Tunnel(Descriptor client, std::size_t max_buffer);

  // Takes over a socket on its way to the target; the one before it is closed.
  void Connecting(Descriptor target);

  event_selector::Handle handle(Side side) const;
  event_selector::Interest interest(Side side) const;

  // `side` is ready for this.
  State Serve(Side side, event_selector::Readiness readiness);

  // Both hand over sockets that are registered no more.
  //
  // Ends it without a connection to the target. The client sees the end of the
  // stream.
  void TurnAway(LingeringClose& closing);
  // Ends it in the middle: what was read is passed on, and no more.
  void Finish(LingeringClose& closing);
  // Both ends see a reset when the sockets are closed.
  void Reset();

  // That were passed on, in both directions.
  std::uint64_t bytes() const { return up_.bytes() + down_.bytes(); }

 private:
  State ServeConnecting(event_selector::Readiness readiness);
  Flow& FlowFrom(Side side) { return side == Side::kClient ? up_ : down_; }
  const Flow& FlowFrom(Side side) const {
    return side == Side::kClient ? up_ : down_;
  }
  // Reads what comes from `side` and passes it on.
  [[nodiscard]] bool Forward(Side side);

  Descriptor client_;
  Descriptor target_;
  bool connected_ = false;
  Flow up_;    // From the client to the target.
  Flow down_;  // Back.
};

}  // namespace proxy
}  // namespace examples

#endif  // EXAMPLES_TCP_PROXY_TUNNEL_H_
