#include "benchmarks/drivers/contestants.h"

#include <memory>
#include <utility>
#include <vector>

#include "backends/io_uring/io_uring_selector.h"
#include "benchmarks/driver.h"
#include "benchmarks/drivers/poll.h"
#include "benchmarks/drivers/raw_epoll.h"
#include "benchmarks/drivers/raw_io_uring.h"
#include "benchmarks/drivers/selector.h"
#include "event/selector_options.h"
#include "tests/support/fatal.h"

namespace benchmarks {

namespace {

std::unique_ptr<Driver> MakeIoUringSelector() {
  event_selector::SelectorOptions options;
  options.single_waiter = true;
  options.exact_backend = true;
  auto selector = event_selector::IoUringSelector::Create(options);
  if (!selector.ok()) {
    event_selector::testing::Die(selector.status().ToString());
  }
  return MakeSelectorDriver(*std::move(selector));
}

}  // namespace

std::vector<Contestant> StandardContestants() {
  std::vector<Contestant> contestants = {
      {"raw_epoll", MakeRawEpoll},
      {"selector", [] { return MakeSelector(); }},
      {"selector_single_waiter",
       [] {
         event_selector::SelectorOptions options;
         options.single_waiter = true;
         return MakeSelector(options);
       }},
      {"raw_epoll_again", MakeRawEpoll},
      {"poll", MakePoll},
  };
  if (HasRawIoUring()) {
    contestants.push_back({"raw_io_uring", MakeRawIoUring});
    contestants.push_back({"selector_io_uring", MakeIoUringSelector});
  }
  return contestants;
}

}  // namespace benchmarks
