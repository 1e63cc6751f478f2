#include "event/child_exit.h"

#include <memory>
#include <new>
#include <optional>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "backends/posix/exit_source.h"
#include "event/interest.h"
#include "event/internal/described_error.h"
#include "event/mode.h"
#include "event/scoped_registration.h"
#include "event/selector.h"
#include "event/token.h"

namespace event_selector {

class ChildExit::Watcher {
 public:
  explicit Watcher(std::unique_ptr<posix::ExitSource> source)
      : source_(std::move(source)) {}

  absl::Status Register(Selector& selector, Token token) {
    absl::StatusOr<ScopedRegistration> registration =
        ScopedRegistration::Add(selector, source_->descriptor(), token,
                                Interest::kReadable, Mode::kOneshot);
    if (!registration.ok()) return registration.status();
    registration_ = *std::move(registration);
    return absl::OkStatus();
  }

  absl::StatusOr<ExitStatus> Status(bool reap) {
    if (reaped_.has_value()) return *reaped_;
    absl::StatusOr<ExitStatus> status = source_->Status(reap);
    if (reap && status.ok()) reaped_ = *status;
    return status;
  }

  bool uses_signal() const { return source_->uses_signal(); }

 private:
  std::optional<ExitStatus> reaped_;
  std::unique_ptr<posix::ExitSource> source_;
  // After the descriptor's owner.
  ScopedRegistration registration_;
};

absl::StatusOr<ChildExit> ChildExit::Watch(Selector& selector,
                                           ChildProcessId child, Token token) {
  if (child <= 0) {
    return internal::DescribedError(absl::StatusCode::kInvalidArgument, child,
                                    " is not the ID of a process");
  }
  absl::StatusOr<std::unique_ptr<posix::ExitSource>> source =
      posix::OpenExitSource(child);
  if (!source.ok()) return source.status();
  auto watcher =
      absl::WrapUnique(new (std::nothrow) Watcher(*std::move(source)));
  if (watcher == nullptr) return internal::NoMemoryError("a watched child");
  if (absl::Status status = watcher->Register(selector, token); !status.ok()) {
    return status;
  }
  return ChildExit(std::move(watcher));
}

ChildExit::ChildExit(std::unique_ptr<Watcher> watcher)
    : watcher_(std::move(watcher)) {}
ChildExit::ChildExit(ChildExit&& other) noexcept = default;
ChildExit& ChildExit::operator=(ChildExit&& other) noexcept = default;
ChildExit::~ChildExit() = default;

absl::StatusOr<ExitStatus> ChildExit::Peek() {
  return watcher_->Status(/*reap=*/false);
}

absl::StatusOr<ExitStatus> ChildExit::Reap() {
  return watcher_->Status(/*reap=*/true);
}

bool ChildExit::uses_signal() const { return watcher_->uses_signal(); }

}  // namespace event_selector
