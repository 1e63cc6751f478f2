#include "benchmarks/drivers/selector.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "benchmarks/driver.h"
#include "benchmarks/drivers/mailbox.h"
#include "benchmarks/drivers/timer_queue.h"
#include "benchmarks/postbox.h"
#include "benchmarks/timers.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/selector_options.h"
#include "event/token.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

using ::event_selector::testing::Die;

// Out of the way of what is measured.
[[noreturn]] void DieOf(const absl::Status& status) { Die(status.ToString()); }

class SelectorDriver final : public Driver {
 public:
  SelectorDriver(std::unique_ptr<event_selector::Selector> selector,
                 const event_selector::SelectorOptions& options)
      : selector_(std::move(selector)), options_(options) {}

  bool Supports(event_selector::Mode mode) const override {
    const event_selector::Mode modes = selector_->capabilities().modes;
    return modes.contains(mode);
  }
  bool AllowsCloseWhileWatched() const override {
    return selector_->name() == "epoll";
  }

  void Watch(event_selector::Handle fd, std::uint32_t index,
             event_selector::Interest interest,
             event_selector::Mode mode) override {
    Check(selector_->Add(fd, event_selector::Token(index), interest, mode));
  }

  void Change(event_selector::Handle fd, std::uint32_t index,
              event_selector::Interest interest,
              event_selector::Mode mode) override {
    Check(selector_->Modify(fd, event_selector::Token(index), interest, mode));
  }

  void Unwatch(event_selector::Handle fd, std::uint32_t /*index*/) override {
    Check(selector_->Remove(fd));
  }

  void Turn(Handler& handler, Blocking blocking) override {
    const absl::Span<event_selector::Event> ready =
        blocking == Blocking::kYes ? Wait(absl::InfiniteDuration())
                                   : Wait(absl::ZeroDuration());
    for (const event_selector::Event& event : ready) {
      handler.OnReady(static_cast<std::uint32_t>(event.token.value()));
    }
  }

  void Wake() override { Check(selector_->Wake()); }

  std::unique_ptr<Timers> MakeTimers(std::uint32_t count) const override {
    return MakeTimerQueue(options_, count);
  }
  std::unique_ptr<Postbox> MakePostbox() const override {
    return MakeMailbox(options_);
  }

 private:
  static constexpr std::size_t kRoom = 1024;

  static void Check(const absl::Status& status) {
    if (!status.ok()) DieOf(status);
  }

  absl::Span<event_selector::Event> Wait(absl::Duration timeout) {
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        selector_->Wait(absl::MakeSpan(events_), timeout);
    if (!ready.ok()) DieOf(ready.status());
    return *ready;
  }

  const std::unique_ptr<event_selector::Selector> selector_;
  const event_selector::SelectorOptions options_;
  std::array<event_selector::Event, kRoom> events_;
};

}  // namespace

std::unique_ptr<Driver> MakeSelector(
    const event_selector::SelectorOptions& options) {
  absl::StatusOr<std::unique_ptr<event_selector::Selector>> selector =
      event_selector::Selector::Create(options);
  if (!selector.ok()) DieOf(selector.status());
  return std::make_unique<SelectorDriver>(*std::move(selector), options);
}

std::unique_ptr<Driver> MakeSelectorDriver(
    std::unique_ptr<event_selector::Selector> selector) {
  return std::make_unique<SelectorDriver>(std::move(selector),
                                          event_selector::SelectorOptions());
}

}  // namespace benchmarks
