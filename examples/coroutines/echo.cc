#include "examples/coroutines/echo.h"

#include <cstddef>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "examples/common/descriptor.h"
#include "examples/common/listener.h"
#include "examples/common/socket_calls.h"
#include "examples/coroutines/loop.h"
#include "examples/coroutines/task.h"

namespace examples {
namespace coroutines {
namespace {

using event_selector::Interest;

// Returns once `socket` is ready: within `patience`, and not broken.
Task<> Await(Loop& loop, event_selector::Handle socket, Interest interest,
             absl::Duration patience) {
  const auto first =
      co_await WhenAny(loop.Ready(socket, interest), loop.Sleep(patience));
  if (first.index() == 1) co_return absl::DeadlineExceededError("too late");
  const absl::StatusOr<event_selector::Readiness>& ready = std::get<0>(first);
  if (ready.ok() && ready->error() && !SurvivesError(socket)) {
    co_return absl::UnavailableError("broken");
  }
  co_return ready.status();
}

Task<> Echo(Loop& loop, Descriptor client, absl::Duration patience) {
  char data[4096];
  for (;;) {
    absl::Status ready =
        co_await Await(loop, client.get(), Interest::kReadable, patience);
    if (!ready.ok()) co_return ready;
    const std::ptrdiff_t size = Receive(client.get(), data, sizeof(data));
    if (size == 0 || size == kBroken) co_return absl::OkStatus();
    for (std::ptrdiff_t done = 0; done < size;) {
      const std::ptrdiff_t sent = Send(client.get(), data + done,
                                       static_cast<std::size_t>(size - done));
      if (sent == kBroken) co_return absl::OkStatus();
      if (sent != kWouldBlock) {
        done += sent;
        continue;
      }
      ready = co_await Await(loop, client.get(), Interest::kWritable, patience);
      if (!ready.ok()) co_return ready;
    }
  }
}

}  // namespace

Task<> ServeEcho(Loop& loop, Listener listener, absl::Duration patience) {
  for (;;) {
    const auto ready = co_await loop.Readable(listener.handle());
    if (!ready.ok()) co_return ready.status();
    absl::StatusOr<Descriptor> client = listener.Accept();
    if (client.ok()) {
      loop.Spawn(Echo(loop, *std::move(client), patience));
    } else if (!absl::IsUnavailable(client.status())) {
      // No descriptor is left. The clients wait, and the loop does not spin.
      (co_await loop.Sleep(absl::Seconds(1))).IgnoreError();
    }
  }
}

}  // namespace coroutines
}  // namespace examples
