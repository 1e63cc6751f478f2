#ifndef TESTS_SOAK_FAULTY_SELECTOR_H_
#define TESTS_SOAK_FAULTY_SELECTOR_H_

#include <atomic>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/token.h"
#include "tests/soak/setting.h"

namespace event_selector {
namespace soak {

// What a broken selector does, now and then, while it says that all is well.
enum class Fault {
  kDropEvent,    // Does not return an event that it has fetched.
  kDoubleEvent,  // Returns an event twice.
  kDropWake,
  kDoubleWake,  // Returns twice for one call of Wake.
  kEndEarly,    // Waits for nine tenths of the timeout.
  kDropModify,  // Leaves a registration as it was.
  kDropRemove,  // Leaves a registration.
  kDropClose,
};

// A selector that works but for one fault, each `every` times that it, or
// another with the same `chances`, could have it. As thread-safe as the one it
// is made of.
class FaultySelector final : public Selector {
 public:
  FaultySelector(std::unique_ptr<Selector> selector, Fault fault, int every,
                 std::shared_ptr<std::atomic<int>> chances)
      : selector_(std::move(selector)),
        fault_(fault),
        every_(every),
        chances_(std::move(chances)) {}

  using Selector::Add;

  absl::Status Add(Handle handle, Token token, Interest interest,
                   Mode mode) override;
  absl::Status Modify(Handle handle, Token token, Interest interest,
                      Mode mode) override;
  absl::Status Remove(Handle handle) override;
  absl::StatusOr<absl::Span<Event>> Wait(absl::Span<Event> events,
                                         absl::Duration timeout) override;
  absl::Status Wake() override;
  void Close() override;
  absl::Status HandOver() override { return selector_->HandOver(); }
  absl::StatusOr<Handle> descriptor() const override {
    return selector_->descriptor();
  }
  absl::string_view name() const override { return selector_->name(); }
  Capabilities capabilities() const override {
    return selector_->capabilities();
  }

 private:
  // Whether it is time for `fault`.
  bool Has(Fault fault);
  absl::Span<Event> Spoil(absl::Span<Event> room, absl::Span<Event> ready);

  const std::unique_ptr<Selector> selector_;
  const Fault fault_;
  const int every_;
  const std::shared_ptr<std::atomic<int>> chances_;
};

// Makes faulty selectors of the first backend, which share their chances.
SelectorFactory MakeFaulty(Fault fault, int every);

}  // namespace soak
}  // namespace event_selector

#endif  // TESTS_SOAK_FAULTY_SELECTOR_H_
