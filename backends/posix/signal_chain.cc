#include "backends/posix/signal_chain.h"

#include <pthread.h>
#include <signal.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "backends/posix/errno_status.h"
#include "event/internal/described_error.h"

namespace event_selector {
namespace posix {
namespace {

using internal::DescribedError;

constexpr int kLargestSignal = 64;

// A disposition that was found. Handlers may still look at one after it was put
// back, so none is ever freed; one that is found again is used again.
struct Found {
  struct sigaction action = {};
  Found* next = nullptr;
};

struct Layer {
  // Indexed by the signal's number. Null: never installed.
  std::array<std::atomic<const struct sigaction*>, kLargestSignal + 1>
      predecessors{};
  // Bit n - 1: the handler may be called for signal n, by the system or by a
  // handler that was installed later.
  std::uint64_t installed = 0;
};

struct Chain {
  std::array<Layer, kSignalLayers> layers;
  std::atomic<SignalTaker> take{nullptr};
  Found* found = nullptr;
  // In place of a predecessor that was good for one call (SA_RESETHAND).
  struct sigaction default_action = {};
};

Chain chain;

std::uint64_t BitOf(int signal) { return std::uint64_t{1} << (signal - 1); }

bool IsIgnoredByDefault(int signal) {
  switch (signal) {
    case SIGCHLD:
    case SIGCONT:
    case SIGURG:
#if defined(SIGWINCH)
    case SIGWINCH:
#endif
#if defined(SIGINFO) && !defined(__linux__)
    case SIGINFO:
#endif
      return true;
    default:
      return false;
  }
}

// Ends or stops the process, as the system would have.
void TakeDefaultAction(int signal) {
  if (IsIgnoredByDefault(signal)) return;
  struct sigaction handler = {};
  sigaction(signal, &chain.default_action, &handler);
  sigset_t only_this, before;
  sigemptyset(&only_this);
  sigaddset(&only_this, signal);
  raise(signal);
  pthread_sigmask(SIG_UNBLOCK, &only_this, &before);
  // Only a process that was stopped, and continues, comes here.
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  sigaction(signal, &handler, nullptr);
}

void CallPredecessor(Layer& layer, int signal, siginfo_t* info, void* context,
                     bool is_taken) {
  std::atomic<const struct sigaction*>& place =
      layer.predecessors[static_cast<std::size_t>(signal)];
  const struct sigaction* const action = place.load(std::memory_order_acquire);
  const bool has_info = (action->sa_flags & SA_SIGINFO) != 0;
  if (!has_info && action->sa_handler == SIG_IGN) return;
  if (!has_info && action->sa_handler == SIG_DFL) {
    if (!is_taken) TakeDefaultAction(signal);
    return;
  }
  if ((action->sa_flags & SA_RESETHAND) != 0) {
    const struct sigaction* expected = action;
    // Unless a handler in another thread was faster.
    if (!place.compare_exchange_strong(expected, &chain.default_action)) {
      return CallPredecessor(layer, signal, info, context, is_taken);
    }
  }
  if (has_info) {
    action->sa_sigaction(signal, info, context);
  } else {
    action->sa_handler(signal);
  }
}

template <int layer>
void Handle(int signal, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  const bool is_taken =
      chain.take.load(std::memory_order_acquire)(layer, signal);
  errno = saved_errno;
  CallPredecessor(chain.layers[layer], signal, info, context, is_taken);
}

constexpr std::array<void (*)(int, siginfo_t*, void*), kSignalLayers>
    kHandlers = {&Handle<0>, &Handle<1>, &Handle<2>, &Handle<3>};

// -1: a handler of somebody else, or none.
int LayerOf(const struct sigaction& action) {
  if ((action.sa_flags & SA_SIGINFO) == 0) return -1;
  for (int layer = 0; layer < kSignalLayers; ++layer) {
    if (action.sa_sigaction == kHandlers[static_cast<std::size_t>(layer)]) {
      return layer;
    }
  }
  return -1;
}

// Null: no memory.
const struct sigaction* Remember(const struct sigaction& action) {
  for (const Found* each = chain.found; each != nullptr; each = each->next) {
    // Bytes: padding that differs costs one more record, and nothing else.
    if (std::memcmp(&each->action, &action, sizeof(action)) == 0) {
      return &each->action;
    }
  }
  Found* const found = new (std::nothrow) Found;
  if (found == nullptr) return nullptr;
  std::memcpy(&found->action, &action, sizeof(action));
  found->next = chain.found;
  chain.found = found;
  return &found->action;
}

// Our handler in the place of `predecessor`. It keeps the mask that the
// predecessor wants to run under, and what the flags say of children: who
// ignores SIGCHLD, or sets SA_NOCLDWAIT, wants no zombies.
struct sigaction HandlerOver(const struct sigaction& predecessor, int signal,
                             int layer) {
  struct sigaction handler = {};
  handler.sa_sigaction = kHandlers[static_cast<std::size_t>(layer)];
  handler.sa_mask = predecessor.sa_mask;
  handler.sa_flags =
      SA_SIGINFO | SA_RESTART | SA_ONSTACK |
      (predecessor.sa_flags & (SA_NODEFER | SA_NOCLDSTOP | SA_NOCLDWAIT));
  if (signal == SIGCHLD && (predecessor.sa_flags & SA_SIGINFO) == 0 &&
      predecessor.sa_handler == SIG_IGN) {
    handler.sa_flags |= SA_NOCLDWAIT;
  }
  return handler;
}

absl::StatusOr<int> FreeLayer(int signal) {
  for (int layer = 0; layer < kSignalLayers; ++layer) {
    if ((chain.layers[static_cast<std::size_t>(layer)].installed &
         BitOf(signal)) == 0) {
      return layer;
    }
  }
  return DescribedError(absl::StatusCode::kResourceExhausted, "signal ", signal,
                        ": ", kSignalLayers,
                        " handlers of this library are below handlers that "
                        "somebody else has installed later, and more are not "
                        "kept apart");
}

}  // namespace

absl::StatusOr<int> InstallSignalHandler(int signal, SignalTaker take) {
  struct sigaction current = {};
  if (signal < 1 || signal > kLargestSignal ||
      sigaction(signal, nullptr, &current) != 0) {
    return DescribedError(absl::StatusCode::kInvalidArgument, signal,
                          " is not the number of a signal");
  }
  if (const int layer = LayerOf(current); layer >= 0) return layer;
  const absl::StatusOr<int> free = FreeLayer(signal);
  if (!free.ok()) return free;
  const struct sigaction* predecessor = Remember(current);
  if (predecessor == nullptr) return internal::NoMemoryError("a handler");

  Layer& layer = chain.layers[static_cast<std::size_t>(*free)];
  std::atomic<const struct sigaction*>& place =
      layer.predecessors[static_cast<std::size_t>(signal)];
  chain.take.store(take, std::memory_order_release);
  place.store(predecessor, std::memory_order_release);
  layer.installed |= BitOf(signal);
  const struct sigaction handler = HandlerOver(current, signal, *free);
  struct sigaction replaced = {};
  if (sigaction(signal, &handler, &replaced) != 0) {
    layer.installed &= ~BitOf(signal);
    return ErrnoError(absl::StatusCode::kInvalidArgument, errno, "signal ",
                      signal, " cannot be caught");
  }
  // If another thread installed one in between, that is the predecessor.
  predecessor = Remember(replaced);
  if (predecessor != nullptr) {
    place.store(predecessor, std::memory_order_release);
  }
  return free;
}

void RestoreSignalHandler(int signal, int layer) {
  Layer& ours = chain.layers[static_cast<std::size_t>(layer)];
  struct sigaction current = {};
  if (sigaction(signal, nullptr, &current) != 0 || LayerOf(current) != layer) {
    return;
  }
  sigaction(signal,
            ours.predecessors[static_cast<std::size_t>(signal)].load(
                std::memory_order_relaxed),
            nullptr);
  ours.installed &= ~BitOf(signal);
}

}  // namespace posix
}  // namespace event_selector
