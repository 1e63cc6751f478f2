#include "benchmarks/drivers/mailbox.h"

#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "benchmarks/postbox.h"
#include "event/event.h"
#include "event/mailbox.h"
#include "event/selector.h"
#include "event/selector_options.h"
#include "tests/support/fatal.h"

namespace benchmarks {
namespace {

[[noreturn]] void DieOf(const absl::Status& status) {
  event_selector::testing::Die(status.ToString());
}

class MailboxPostbox final : public Postbox {
 public:
  explicit MailboxPostbox(std::unique_ptr<event_selector::Selector> selector)
      : selector_(std::move(selector)) {}

  void Post(std::uint64_t first, std::uint64_t count) override {
    for (std::uint64_t i = 0; i < count; ++i) {
      const absl::Status posted = mailbox_.Post(first + i);
      if (!posted.ok()) DieOf(posted);
    }
  }

  void Turn(bool waits) override {
    const absl::StatusOr<absl::Span<event_selector::Event>> ready =
        waits
            ? selector_->Wait(absl::MakeSpan(events_), absl::InfiniteDuration())
            : selector_->Wait(absl::MakeSpan(events_), absl::ZeroDuration());
    if (!ready.ok()) DieOf(ready.status());
    mailbox_.TakeAll(items_);
    for (const std::uint64_t item : items_) Take(item);
  }

 private:
  const std::unique_ptr<event_selector::Selector> selector_;
  std::array<event_selector::Event, 64> events_;
  event_selector::Mailbox<std::uint64_t> mailbox_{*selector_};
  std::vector<std::uint64_t> items_;
};

}  // namespace

std::unique_ptr<Postbox> MakeMailbox(
    const event_selector::SelectorOptions& options) {
  absl::StatusOr<std::unique_ptr<event_selector::Selector>> selector =
      event_selector::Selector::Create(options);
  if (!selector.ok()) DieOf(selector.status());
  return std::make_unique<MailboxPostbox>(*std::move(selector));
}

}  // namespace benchmarks
