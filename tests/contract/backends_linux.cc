#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "backends/epoll/epoll_selector.h"
#include "backends/epoll/single_waiter_epoll_selector.h"
#include "backends/io_uring/io_uring_selector.h"
#include "backends/kqueue/kqueue_selector.h"
#include "backends/poll/notifier.h"
#include "backends/poll/poll_selector.h"
#include "event/instrumented_selector.h"
#include "event/selector.h"
#include "event/selector_options.h"
#include "tests/contract/backends.h"
#include "tests/kqueue_shim/kqueue_shim.h"

namespace event_selector {
namespace testing {
namespace {

constexpr SelectorOptions kSingleWaiter = {/*single_waiter=*/true};

Backend Epoll() {
  Backend backend;
  backend.name = "epoll";
  backend.create = []() -> absl::StatusOr<std::unique_ptr<Selector>> {
    return EpollSelector::Create();
  };
  return backend;
}

Backend InstrumentedEpoll() {
  Backend backend;
  backend.name = "instrumented_epoll";
  backend.create = []() -> absl::StatusOr<std::unique_ptr<Selector>> {
    auto selector = EpollSelector::Create();
    if (!selector.ok()) return selector.status();
    return std::make_unique<InstrumentedSelector>(*std::move(selector));
  };
  backend.is_instrumented = true;
  return backend;
}

Backend SingleWaiterEpoll() {
  Backend backend;
  backend.name = "epoll_single_waiter";
  backend.create = []() -> absl::StatusOr<std::unique_ptr<Selector>> {
    return SingleWaiterEpollSelector::Create(kSingleWaiter);
  };
  backend.single_waiter = true;
  backend.keeps_table = true;
  return backend;
}

// Where the kernel allows it: `AllBackendsUnderTest`.
Backend SingleWaiterIoUring() {
  Backend backend;
  backend.name = "io_uring";
  backend.create = []() -> absl::StatusOr<std::unique_ptr<Selector>> {
    SelectorOptions options = kSingleWaiter;
    options.exact_backend = true;
    return IoUringSelector::Create(options);
  };
  backend.single_waiter = true;
  backend.keeps_table = true;
  backend.is_io_uring = true;
  return backend;
}

Backend KqueueOnShim() {
  Backend backend;
  backend.name = "kqueue_on_shim";
  backend.create = []() -> absl::StatusOr<std::unique_ptr<Selector>> {
    return KqueueSelector::Create();
  };
  backend.keeps_table = true;
  backend.splits_events = true;
  backend.played_system_calls = &KqueueCalls;
  return backend;
}

Backend SingleWaiterKqueueOnShim() {
  Backend backend = KqueueOnShim();
  backend.name = "kqueue_single_waiter_on_shim";
  backend.create = []() -> absl::StatusOr<std::unique_ptr<Selector>> {
    return KqueueSelector::Create(kSingleWaiter);
  };
  backend.single_waiter = true;
  return backend;
}

Backend Poll() {
  Backend backend;
  backend.name = "poll";
  backend.create = []() -> absl::StatusOr<std::unique_ptr<Selector>> {
    return PollSelector::Create();
  };
  backend.keeps_table = true;
  backend.keeps_numbers = true;
  return backend;
}

Backend SingleWaiterPoll() {
  Backend backend = Poll();
  backend.name = "poll_single_waiter";
  backend.create = []() -> absl::StatusOr<std::unique_ptr<Selector>> {
    return PollSelector::Create(kSingleWaiter);
  };
  backend.single_waiter = true;
  return backend;
}

// As on systems without eventfd(2).
Backend PollWithPipe() {
  Backend backend = Poll();
  backend.name = "poll_with_pipe";
  backend.create = []() -> absl::StatusOr<std::unique_ptr<Selector>> {
    return PollSelector::Create({}, poll::Notifier::Kind::kPipe);
  };
  return backend;
}

}  // namespace

std::vector<Backend> AllBackendsUnderTest() {
  std::vector<Backend> backends = {
      Epoll(), SingleWaiterEpoll(), KqueueOnShim(), SingleWaiterKqueueOnShim(),
      Poll(),  SingleWaiterPoll(),  PollWithPipe(), InstrumentedEpoll(),
  };
  // Containers and emulators refuse it: there it would be the epoll selector.
  if (const Backend io_uring = SingleWaiterIoUring(); io_uring.create().ok()) {
    backends.push_back(io_uring);
  }
  return backends;
}

}  // namespace testing
}  // namespace event_selector
