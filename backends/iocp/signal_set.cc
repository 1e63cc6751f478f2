#include "event/signal_set.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "backends/iocp/console_events.h"
#include "event/internal/described_error.h"
#include "event/selector.h"

namespace event_selector {
namespace {

absl::StatusOr<std::uint64_t> BitsOf(absl::Span<const int> signals) {
  std::uint64_t bits = 0;
  for (const int signal : signals) {
    if (!iocp::IsConsoleSignal(signal)) {
      return internal::DescribedError(
          absl::StatusCode::kInvalidArgument, "signal ", signal,
          ": Windows' console has SIGINT, SIGBREAK, 1 (its window is closed) "
          "and SIGTERM (the session ends)");
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

// Where the console's thread leaves the signals of one set.
class SignalSet::Watch final : public iocp::ConsoleWatch {
 public:
  Watch(Selector& selector, std::uint64_t signals)
      : ConsoleWatch(signals), selector_(selector) {}
  ~Watch() override { End(); }

  Signals Take() {
    return Signals::FromBits(arrived_.exchange(0, std::memory_order_acquire));
  }

 private:
  void Note(int signal) override {
    arrived_.fetch_or(std::uint64_t{1} << (signal - 1),
                      std::memory_order_release);
    // Nothing is to be done for a selector that is closed.
    selector_.Wake().IgnoreError();
  }

  Selector& selector_;
  std::atomic<std::uint64_t> arrived_{0};
};

absl::StatusOr<SignalSet> SignalSet::Create(Selector& selector,
                                            absl::Span<const int> signals) {
  const absl::StatusOr<std::uint64_t> bits = BitsOf(signals);
  if (!bits.ok()) return bits.status();
  std::unique_ptr<Watch> watch =
      absl::WrapUnique(new (std::nothrow) Watch(selector, *bits));
  if (watch == nullptr) return internal::NoMemoryError("a SignalSet");
  if (absl::Status status = watch->Begin(); !status.ok()) return status;
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
