#ifndef EXAMPLES_COMMON_ACCEPTOR_H_
#define EXAMPLES_COMMON_ACCEPTOR_H_

#include <chrono>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "event/mode.h"
#include "event/scoped_registration.h"
#include "event/selector.h"
#include "event/token.h"
#include "examples/common/descriptor.h"
#include "examples/common/listener.h"

namespace examples {

// The event loop's side of a listener: it accepts clients, and rests while the
// process has no descriptors for them.
//
// The rest is needed because a client that cannot be accepted stays in the
// queue, and so the listener stays readable: a loop that goes on asking for it
// burns the processor for nothing. While the acceptor rests, the listener is
// not registered; the clients wait in the kernel. It goes on when a descriptor
// was closed, and tries once a second, since descriptors may also become free
// where this process does not see it.
//
// The loop:
//
//   acceptor.Start();
//   while (...) {
//     selector.Wait(events, acceptor.Timeout());
//     acceptor.WakeUp();
//     for (each event)  // With the acceptor's token:
//       while (the turn is not over) {
//         client = acceptor.Accept();
//         if (!client.valid()) break;
//         ...
//       }
//   }
//
// Level-triggered, clients left for the next turn are reported again by
// themselves; so a bounded turn is all that is needed to be fair.
// Edge-triggered, the loop would have to remember them. Registered once for all
// clients, the listener costs next to nothing either way.
class Acceptor {
 public:
  // `selector` must outlive this object.
  Acceptor(event_selector::Selector& selector, Listener listener,
           event_selector::Token token,
           event_selector::Mode mode = event_selector::Mode::kLevel)
      : selector_(selector),
        listener_(std::move(listener)),
        token_(token),
        mode_(mode) {}

  // Begins to listen to events.
  absl::Status Start();
  // Ends that. Clients that come later still enter the kernel's queue.
  void Stop();

  // The next client's socket, non-blocking. Not valid where no client waits, or
  // none can be accepted now: then the acceptor rests.
  Descriptor Accept();

  // Rests because of `reason`, which is printed the first time. Does nothing
  // while it rests.
  void Rest(const absl::Status& reason);

  // A descriptor was closed: goes on if it rested.
  void GoOn();

  // How long the loop may wait, if nothing else limits it.
  absl::Duration Timeout() const;
  // To be called after each wait: goes on after a second of rest.
  void WakeUp();

 private:
  event_selector::Selector& selector_;
  Listener listener_;
  const event_selector::Token token_;
  const event_selector::Mode mode_;
  event_selector::ScopedRegistration registration_;
  // When it tries again; nothing while it does not rest.
  std::optional<std::chrono::nanoseconds> wake_up_;
  bool warned_ = false;
};

}  // namespace examples

#endif  // EXAMPLES_COMMON_ACCEPTOR_H_
