#ifndef TESTS_SOAK_TIMEOUT_LOAD_H_
#define TESTS_SOAK_TIMEOUT_LOAD_H_

#include <memory>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "event/selector.h"
#include "tests/soak/load.h"
#include "tests/soak/setting.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace soak {

// Waits of many lengths on a selector where nothing happens: each must last its
// whole time.
class TimeoutLoad final : public Load {
 public:
  explicit TimeoutLoad(const Setting& setting);

  absl::string_view name() const override { return "timeout"; }
  void Start() override;
  void Stop() override;

 private:
  bool Round();
  bool WaitFor(absl::Duration timeout);

  const Setting setting_;
  std::unique_ptr<Selector> selector_;
  testing::SocketPair silent_;
};

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_TIMEOUT_LOAD_H_
