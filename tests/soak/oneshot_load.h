#ifndef TESTS_SOAK_ONESHOT_LOAD_H_
#define TESTS_SOAK_ONESHOT_LOAD_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>

#include "absl/strings/string_view.h"
#include "event/event.h"
#include "event/mode.h"
#include "tests/soak/driver.h"
#include "tests/soak/load.h"
#include "tests/soak/setting.h"
#include "tests/soak/waiting_pool.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace soak {

// Oneshot handles that all threads of the pool share: whoever gets an event
// arms the handle anew. Each arming carries its number in the token, so each is
// known to come exactly once, and to one thread at a time.
class OneshotLoad final : public Load, private EventSink {
 public:
  explicit OneshotLoad(const Setting& setting);

  absl::string_view name() const override { return "oneshot"; }
  void Start() override;
  void Stop() override;
  void CheckAccounts() override;

 private:
  struct Shared {
    testing::SocketPair pair;
    // Armed by a byte from the peer, instead of being writable all the time.
    bool is_for_reading = false;
    std::atomic<std::uint64_t> armings{0};
    std::atomic<std::uint64_t> events{0};
    std::atomic<int> budget{0};   // Armings left in this round.
    std::atomic<int> holders{0};  // Threads that have an event in hand.
  };

  void OnEvent(const Event& event, std::uint64_t wait_started) override;
  void Arm(std::size_t number);
  bool Round();
  void Report(std::size_t number, absl::string_view problem);

  const Setting setting_;
  // With the edge, if the selector has that.
  const Mode edge_oneshot_;
  Driver& driver_;
  std::deque<Shared> handles_;
  std::atomic<std::size_t> unfinished_{0};
};

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_ONESHOT_LOAD_H_
