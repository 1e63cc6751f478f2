#include "event/child_exit.h"

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <windows.h>

#include <memory>
#include <new>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "backends/iocp/iocp_selector.h"
#include "backends/iocp/unique_handle.h"
#include "backends/iocp/windows_status.h"
#include "event/internal/described_error.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/token.h"

namespace event_selector {

using internal::DescribedError;

class ChildExit::Watcher {
 public:
  explicit Watcher(iocp::UniqueHandle process) : process_(std::move(process)) {}
  ~Watcher() {
    if (selector_ == nullptr) return;
    // Nothing is to be done for a selector that is closed.
    selector_->RemoveWaitable(process_.get()).IgnoreError();
  }

  absl::Status Register(IocpSelector& selector, Token token) {
    absl::Status status =
        selector.AddWaitable(process_.get(), token, Mode::kOneshot);
    if (status.ok()) selector_ = &selector;
    return status;
  }

  absl::StatusOr<ExitStatus> Status() const {
    // Not by the exit code alone: 259 (STILL_ACTIVE) is one, too.
    if (WaitForSingleObject(process_.get(), 0) == WAIT_TIMEOUT) {
      return DescribedError(absl::StatusCode::kUnavailable,
                            "the process is still running");
    }
    DWORD code = 0;
    if (GetExitCodeProcess(process_.get(), &code) == 0) {
      return iocp::WindowsError(GetLastError(), "GetExitCodeProcess");
    }
    ExitStatus status;
    status.exit_code = static_cast<int>(code);
    return status;
  }

 private:
  // Our own: what names the registration, while the caller may have another one
  // of his handle.
  iocp::UniqueHandle process_;
  IocpSelector* selector_ = nullptr;
};

absl::StatusOr<ChildExit> ChildExit::Watch(Selector& selector,
                                           ChildProcessId child, Token token) {
  IocpSelector* const own = IocpSelector::From(selector);
  if (own == nullptr) {
    return DescribedError(
        absl::StatusCode::kUnimplemented, "a selector \"", selector.name(),
        "\" that is not the IocpSelector itself cannot watch processes: give "
        "ChildExit the one beneath the decorator");
  }
  if (child == nullptr || child == INVALID_HANDLE_VALUE ||
      GetProcessId(child) == 0) {
    return DescribedError(absl::StatusCode::kInvalidArgument,
                          "not the handle of a process with the right "
                          "PROCESS_QUERY_LIMITED_INFORMATION");
  }
  HANDLE duplicate = nullptr;
  if (DuplicateHandle(GetCurrentProcess(), child, GetCurrentProcess(),
                      &duplicate, 0, FALSE, DUPLICATE_SAME_ACCESS) == 0) {
    return iocp::WindowsError(GetLastError(), "DuplicateHandle");
  }
  iocp::UniqueHandle process(duplicate);
  auto watcher =
      absl::WrapUnique(new (std::nothrow) Watcher(std::move(process)));
  if (watcher == nullptr) return internal::NoMemoryError("a watched child");
  if (absl::Status status = watcher->Register(*own, token); !status.ok()) {
    return status;
  }
  return ChildExit(std::move(watcher));
}

ChildExit::ChildExit(std::unique_ptr<Watcher> watcher)
    : watcher_(std::move(watcher)) {}
ChildExit::ChildExit(ChildExit&& other) noexcept = default;
ChildExit& ChildExit::operator=(ChildExit&& other) noexcept = default;
ChildExit::~ChildExit() = default;

absl::StatusOr<ExitStatus> ChildExit::Peek() { return watcher_->Status(); }
absl::StatusOr<ExitStatus> ChildExit::Reap() { return watcher_->Status(); }
bool ChildExit::uses_signal() const { return false; }

}  // namespace event_selector
