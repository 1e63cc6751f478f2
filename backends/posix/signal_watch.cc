#include "backends/posix/signal_watch.h"

#include <signal.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "backends/posix/fork_generation.h"
#include "backends/posix/fork_proof_lock.h"
#include "backends/posix/signal_chain.h"
#include "event/internal/described_error.h"

namespace event_selector {
namespace posix {

// What handlers look at. Never freed, since a handler may look at it at any
// time; used again by a later watch.
struct WatchRecord {
  // Set before the record is published.
  WatchRecord* next = nullptr;
  // Of the process whose watch it is. 0: nobody's. A child leaves those of its
  // parent alone: they may say that a handler is running which is not there.
  std::atomic<std::uint32_t> fork_generation{0};
  // How many handlers are between their two looks at `signals`, or in
  // `function`.
  std::atomic<std::uint32_t> running{0};
  // By layer: which signals it wants from that layer's handler.
  std::array<std::atomic<std::uint64_t>, kSignalLayers> signals{};
  SignalWatch::Function function = nullptr;
  void* argument = nullptr;
};

namespace {

// Guards what is not atomic, and the dispositions of the process.
ForkProofLock lock;
std::atomic<WatchRecord*> records{nullptr};

std::uint64_t BitOf(int signal) { return std::uint64_t{1} << (signal - 1); }

// The signals of the set `bits`, from the least to the greatest.
template <typename Use>
void ForEachSignal(std::uint64_t bits, const Use& use) {
  for (int signal = 1; bits != 0; ++signal, bits >>= 1) {
    if ((bits & 1) != 0) use(signal);
  }
}

bool IsLive(const WatchRecord& record) {
  return record.fork_generation.load(std::memory_order_relaxed) ==
         ForkGeneration();
}

bool Offer(WatchRecord& record, std::size_t layer, int signal) {
  // A record that wants nothing is not even marked as running, so that `Drain`
  // comes to its end while signals rain.
  std::atomic<std::uint64_t>& signals = record.signals[layer];
  if ((signals.load(std::memory_order_relaxed) & BitOf(signal)) == 0 ||
      !IsLive(record)) {
    return false;
  }
  // Sequentially consistent, as in `Drain`: either this sees that the signals
  // were taken away, or `Drain` sees that this is running.
  record.running.fetch_add(1, std::memory_order_seq_cst);
  const bool wants =
      (signals.load(std::memory_order_seq_cst) & BitOf(signal)) != 0;
  if (wants) record.function(record.argument, signal);
  record.running.fetch_sub(1, std::memory_order_release);
  return wants;
}

bool OfferToAll(int layer, int signal) {
  bool is_taken = false;
  for (WatchRecord* each = records.load(std::memory_order_acquire);
       each != nullptr; each = each->next) {
    is_taken |= Offer(*each, static_cast<std::size_t>(layer), signal);
  }
  return is_taken;
}

// Returns once no handler is or will be in the function of `record`.
void Drain(WatchRecord& record) {
  for (std::atomic<std::uint64_t>& signals : record.signals) {
    signals.store(0, std::memory_order_seq_cst);
  }
  while (record.running.load(std::memory_order_seq_cst) != 0) PauseBriefly();
}

bool IsWatched(std::size_t layer, int signal) {
  for (const WatchRecord* each = records.load(std::memory_order_relaxed);
       each != nullptr; each = each->next) {
    if (IsLive(*each) && (each->signals[layer].load(std::memory_order_relaxed) &
                          BitOf(signal)) != 0) {
      return true;
    }
  }
  return false;
}

void End(WatchRecord& record) {
  std::array<std::uint64_t, kSignalLayers> watched = {};
  for (std::size_t layer = 0; layer < kSignalLayers; ++layer) {
    watched[layer] = record.signals[layer].load(std::memory_order_relaxed);
  }
  Drain(record);
  for (std::size_t layer = 0; layer < kSignalLayers; ++layer) {
    ForEachSignal(watched[layer], [layer](int signal) {
      if (IsWatched(layer, signal)) return;
      RestoreSignalHandler(signal, static_cast<int>(layer));
    });
  }
  record.fork_generation.store(0, std::memory_order_relaxed);
}

// Null: no memory.
WatchRecord* FreeRecord() {
  WatchRecord* const first = records.load(std::memory_order_relaxed);
  for (WatchRecord* each = first; each != nullptr; each = each->next) {
    if (each->fork_generation.load(std::memory_order_relaxed) == 0) return each;
  }
  WatchRecord* const record = new (std::nothrow) WatchRecord;
  if (record == nullptr) return nullptr;
  record->next = first;
  records.store(record, std::memory_order_release);
  return record;
}

// Why `signal` cannot be collected, or null.
const char* WhyNot(int signal) {
  switch (signal) {
    case SIGKILL:
    case SIGSTOP:
      return "cannot be caught";
    case SIGSEGV:
    case SIGBUS:
    case SIGFPE:
    case SIGILL:
      return "is a fault of the instruction that is running, which would be "
             "run again; it cannot be left until after a Wait";
    default:
      return nullptr;
  }
}

absl::Status Watch(WatchRecord& record, int signal) {
  if (const char* const why = WhyNot(signal); why != nullptr) {
    return internal::DescribedError(absl::StatusCode::kInvalidArgument,
                                    "signal ", signal, " ", why);
  }
  const absl::StatusOr<int> layer = InstallSignalHandler(signal, &OfferToAll);
  if (!layer.ok()) return layer.status();
  record.signals[static_cast<std::size_t>(*layer)].fetch_or(
      BitOf(signal), std::memory_order_seq_cst);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SignalWatch> SignalWatch::Begin(std::uint64_t signals,
                                               Function function,
                                               void* argument) {
  if (absl::Status status = WatchForks(); !status.ok()) return status;
  const ForkProofLockHolder holder(lock);
  WatchRecord* const record = FreeRecord();
  if (record == nullptr) return internal::NoMemoryError("a watch of signals");
  record->function = function;
  record->argument = argument;
  record->fork_generation.store(ForkGeneration(), std::memory_order_relaxed);
  absl::Status status;
  ForEachSignal(signals, [record, &status](int signal) {
    if (status.ok()) status = Watch(*record, signal);
  });
  if (!status.ok()) {
    End(*record);
    return status;
  }
  return SignalWatch(record);
}

SignalWatch::~SignalWatch() {
  if (record_ == nullptr || !IsInItsProcess()) return;
  const ForkProofLockHolder holder(lock);
  End(*record_);
}

bool SignalWatch::IsInItsProcess() const { return IsLive(*record_); }

}  // namespace posix
}  // namespace event_selector
