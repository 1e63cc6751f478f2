#include "benchmarks/drivers/contestants.h"

#include <vector>

#include "benchmarks/driver.h"
#include "benchmarks/drivers/poll.h"
#include "benchmarks/drivers/raw_epoll.h"
#include "benchmarks/drivers/raw_io_uring.h"
#include "benchmarks/drivers/selector.h"
#include "event/selector_options.h"

namespace benchmarks {

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
  }
  return contestants;
}

}  // namespace benchmarks
