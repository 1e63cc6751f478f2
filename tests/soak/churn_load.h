#ifndef TESTS_SOAK_CHURN_LOAD_H_
#define TESTS_SOAK_CHURN_LOAD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "tests/soak/driver.h"
#include "tests/soak/load.h"
#include "tests/soak/setting.h"
#include "tests/soak/waiting_pool.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace soak {

// Handles that come, are registered, change, report and go, on the pool's
// selector, from several threads: removed and closed, or closed without Remove
// (of a selector with edges), their numbers used again at once. Every
// registration has a token of its own (its generation), so that an event that
// comes after its end is recognised.
class ChurnLoad final : public Load, private EventSink {
 public:
  explicit ChurnLoad(const Setting& setting);

  absl::string_view name() const override { return "churn"; }
  void Start() override;
  void Stop() override;
  void CheckAccounts() override;

 private:
  // How many ended registrations a place remembers the time of.
  static constexpr std::size_t kMemory = 256;

  // One handle after the other, each with one registration after the other.
  struct Place {
    // Of all below, but for the peer `pair.b`, which is the driver's.
    std::mutex mutex;
    testing::SocketPair pair;
    std::uint64_t generation = 0;  // Of the last registration.
    bool is_registered = false;
    Readiness reported;  // By events of that registration.
    // When each generation ended, by its number modulo kMemory.
    std::array<std::uint64_t, kMemory> ends{};

    std::uint64_t added = 0;
    std::uint64_t modified = 0;
    std::uint64_t removed = 0;
    std::uint64_t abandoned = 0;  // Closed without Remove.
    std::uint64_t ended = 0;      // Generations.
  };

  void OnEvent(const Event& event, std::uint64_t wait_started) override;
  void CheckNotStale(std::size_t number, const Place& place,
                     std::uint64_t generation, std::uint64_t wait_started);

  // The ways of life, each from opening to closing. False: an event is lost.
  bool Round(std::size_t number);
  bool AddAndRemove(std::size_t number);
  bool ModifyTwice(std::size_t number);
  bool RemoveWhilePending(std::size_t number);
  bool CloseWithoutRemove(std::size_t number);
  bool PeerCloses(std::size_t number, Interest interest, Mode mode);

  void Open(Place& place);
  void Add(std::size_t number, Interest interest, Mode mode);
  void Modify(std::size_t number, Interest interest, Mode mode);
  void Remove(std::size_t number);
  void Abandon(std::size_t number);
  void Close(Place& place);
  void Begin(Place& place);
  void End(Place& place);
  bool AwaitReport(std::size_t number, Readiness readiness);
  void Check(const absl::Status& status, absl::string_view call);
  void StartNewWaits();

  const Setting setting_;
  // kEdge, if the selector has that.
  const Mode edge_;
  std::deque<Place> places_;
};

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_CHURN_LOAD_H_
