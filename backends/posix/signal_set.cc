#include "event/signal_set.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "backends/posix/signal_watch.h"
#include "event/internal/described_error.h"
#include "event/selector.h"

namespace event_selector {
namespace {

absl::StatusOr<std::uint64_t> BitsOf(absl::Span<const int> signals) {
  std::uint64_t bits = 0;
  for (const int signal : signals) {
    if (signal < 1) {
      return internal::DescribedError(absl::StatusCode::kInvalidArgument,
                                      signal, " is not the number of a signal");
    }
    if (signal > 64) {
      return internal::DescribedError(
          absl::StatusCode::kUnimplemented, "signal ", signal,
          ": a SignalSet knows the signals 1 to 64");
    }
    bits |= std::uint64_t{1} << (signal - 1);
  }
  if (bits == 0) {
    return internal::DescribedError(absl::StatusCode::kInvalidArgument,
                                    "a SignalSet without a signal");
  }
  return bits;
}

}  // namespace

// Where handlers leave the signals of one set.
class SignalSet::Watch {
 public:
  explicit Watch(Selector& selector) : selector_(selector) {}

  absl::Status Begin(std::uint64_t signals) {
    absl::StatusOr<posix::SignalWatch> watch =
        posix::SignalWatch::Begin(signals, &Note, this);
    if (!watch.ok()) return watch.status();
    watch_.emplace(*std::move(watch));
    return absl::OkStatus();
  }

  Signals Take() {
    if (arrived_.load(std::memory_order_relaxed) == 0) return Signals();
    // A child has a copy of what its parent has not taken.
    if (!watch_->IsInItsProcess()) return Signals();
    return Signals::FromBits(arrived_.exchange(0, std::memory_order_acquire));
  }

 private:
  static void Note(void* watch, int signal) {
    Watch& self = *static_cast<Watch*>(watch);
    self.arrived_.fetch_or(std::uint64_t{1} << (signal - 1),
                           std::memory_order_release);
    // Nothing is to be done for a selector that is closed.
    self.selector_.Wake().IgnoreError();
  }

  Selector& selector_;
  std::atomic<std::uint64_t> arrived_{0};
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free,
                "written in signal handlers");
  // Last: what ends first.
  std::optional<posix::SignalWatch> watch_;
};

absl::StatusOr<SignalSet> SignalSet::Create(Selector& selector,
                                            absl::Span<const int> signals) {
  const absl::StatusOr<std::uint64_t> bits = BitsOf(signals);
  if (!bits.ok()) return bits.status();
  std::unique_ptr<Watch> watch =
      absl::WrapUnique(new (std::nothrow) Watch(selector));
  if (watch == nullptr) return internal::NoMemoryError("a SignalSet");
  if (absl::Status status = watch->Begin(*bits); !status.ok()) return status;
  return SignalSet(std::move(watch));
}

SignalSet::SignalSet(std::unique_ptr<Watch> watch) : watch_(std::move(watch)) {}
SignalSet::SignalSet(SignalSet&& other) noexcept = default;
SignalSet& SignalSet::operator=(SignalSet&& other) noexcept = default;
SignalSet::~SignalSet() = default;

Signals SignalSet::Take() {
  return watch_ == nullptr ? Signals() : watch_->Take();
}

}  // namespace event_selector
