#ifndef TESTS_SOAK_ECHO_LOAD_H_
#define TESTS_SOAK_ECHO_LOAD_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>

#include "absl/strings/string_view.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "tests/soak/driver.h"
#include "tests/soak/echo_connection.h"
#include "tests/soak/load.h"
#include "tests/soak/setting.h"
#include "tests/soak/waiting_pool.h"

namespace event_selector {
namespace soak {

// Edge-triggered echo over TCP and over the cheapest streams of the system, all
// ends on the pool's selector; oneshot where that has no edges. A round sends a
// message, from one byte to more than the socket's buffers, through every
// connection, and ends when every byte is back; so a lost edge of either side
// stops it.
class EchoLoad final : public Load, private EventSink {
 public:
  explicit EchoLoad(const Setting& setting);

  absl::string_view name() const override { return "echo"; }
  void Start() override;
  void Stop() override;
  void CheckAccounts() override;

 private:
  struct Connection {
    Connection(testing::SocketPair pair, std::uint64_t seed)
        : server(std::move(pair.a)), client(std::move(pair.b), seed) {}
    EchoServerEnd server;
    EchoClientEnd client;
  };

  void OnEvent(const Event& event, std::uint64_t wait_started) override;
  void Watch(Handle handle, std::uint64_t end);
  void Rearm(Handle handle, std::uint64_t end, Interest interest);
  bool Round();
  std::uint64_t NextSize();
  void PumpClient(std::size_t number);
  void PumpServer(std::size_t number);
  void Report(std::size_t number, absl::string_view problem);

  const Setting setting_;
  const Mode mode_;
  Driver& driver_;
  std::deque<Connection> connections_;
  std::atomic<std::size_t> incomplete_{0};
  std::minstd_rand random_{1};
};

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_ECHO_LOAD_H_
