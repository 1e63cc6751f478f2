#ifndef BACKENDS_EPOLL_EPOLL_SELECTOR_H_
#define BACKENDS_EPOLL_EPOLL_SELECTOR_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "backends/epoll/epoll_core.h"
#include "backends/posix/selector_life.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/internal/admission.h"
#include "event/internal/owner_thread.h"
#include "event/internal/wait_timeout.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/selector_options.h"
#include "event/token.h"

namespace event_selector {

// The selector over Linux's epoll(7). Supports every interest and mode, and
// keeps no table: a registration costs no memory of the process. Holds two
// descriptors, an epoll and an eventfd; a third one from the moment that one
// certain token of the 2^64 is used (`epoll::EventfdWaker::ShareToken`).
class EpollSelector final : public Selector {
 public:
  // Errors: kResourceExhausted (descriptors, memory); kUnimplemented (a kernel
  // without epoll).
  static absl::StatusOr<std::unique_ptr<EpollSelector>> Create(
      const SelectorOptions& options = {});

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
  absl::Status HandOver() override;
  absl::StatusOr<Handle> descriptor() const override;
  absl::string_view name() const override;
  Capabilities capabilities() const override;

 private:
  EpollSelector() = default;

  absl::Status Register(int operation, Handle handle, Token token,
                        Interest interest, Mode mode);
  absl::Status RegisterUnusual(int operation, Handle handle, Token token,
                               Interest interest, Mode mode);
  absl::Status Refused(int operation, Handle handle) const;
  template <bool kMayBeExclusive>
  absl::Status Control(int operation, Handle handle, std::uint32_t events,
                       std::uint64_t data);
  template <int kTimeout>
  absl::StatusOr<absl::Span<Event>> WaitUntimed(absl::Span<Event> events);
  absl::StatusOr<absl::Span<Event>> WaitTimed(absl::Span<Event> events,
                                              absl::Duration timeout);
  absl::StatusOr<absl::Span<Event>> FinishWait(absl::Span<Event> events,
                                               int count,
                                               internal::WaitTimeout remaining);
  std::optional<std::size_t> TakeWakeUp(absl::Span<Event> fetched,
                                        bool is_full);
  std::size_t FillLastPlace(absl::Span<Event> fetched,
                            std::size_t filled) const;
  bool IsWakeUp(const Event& event) const;

  internal::Admission<posix::SelectorLife, internal::AnyThread> admission_;
  epoll::EpollCore core_;
};

}  // namespace event_selector

#endif  // BACKENDS_EPOLL_EPOLL_SELECTOR_H_
