#include "examples/thread_per_core_server/listeners.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "event/mode.h"
#include "event/selector.h"
#include "examples/common/listener.h"

namespace examples {
namespace thread_per_core {
namespace {

using Listeners = std::vector<ListenerForThread>;

absl::StatusOr<Listeners> OpenOneForEach(const std::string& address,
                                         std::uint16_t port, int threads) {
  Listeners listeners;
  for (int i = 0; i < threads; ++i) {
    absl::StatusOr<Listener> listener =
        Listener::Create(address, port, Listener::Port::kShared);
    if (!listener.ok()) return listener.status();
    // If the system chose the port for the first, the others follow it.
    port = listener->port();
    listeners.push_back(
        {*std::move(listener), event_selector::Mode::kLevel, false});
  }
  return listeners;
}

// Whether a registration may be exclusive is known before it is tried.
absl::Status CheckExclusive() {
  const absl::StatusOr<std::unique_ptr<event_selector::Selector>> selector =
      event_selector::Selector::Create();
  if (!selector.ok()) return selector.status();
  if ((*selector)->capabilities().modes.contains(
          event_selector::Mode::kExclusive)) {
    return absl::OkStatus();
  }
  return absl::UnimplementedError(absl::StrCat(
      "this needs Mode::kExclusive, which the backend ", (*selector)->name(),
      " does not offer here; take --listen=reuseport"));
}

absl::StatusOr<Listeners> OpenOneForAll(const std::string& address,
                                        std::uint16_t port, int threads,
                                        bool rotates) {
  const absl::Status checked = CheckExclusive();
  if (!checked.ok()) return checked;
  const absl::StatusOr<Listener> listener = Listener::Create(address, port);
  if (!listener.ok()) return listener.status();
  return Listeners(static_cast<std::size_t>(threads),
                   {*listener, event_selector::Mode::kExclusive, rotates});
}

}  // namespace

absl::StatusOr<Listeners> OpenListeners(const std::string& way,
                                        const std::string& address,
                                        std::uint16_t port, int threads) {
  if (way == "reuseport") return OpenOneForEach(address, port, threads);
  if (way == "exclusive") return OpenOneForAll(address, port, threads, false);
  if (way == "rotating") return OpenOneForAll(address, port, threads, true);
  return absl::InvalidArgumentError(absl::StrCat(
      "--listen must be reuseport, exclusive or rotating, not ", way));
}

}  // namespace thread_per_core
}  // namespace examples
