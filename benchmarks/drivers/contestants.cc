#include "benchmarks/drivers/contestants.h"

#include <vector>

#include "benchmarks/driver.h"
#include "benchmarks/drivers/poll.h"
#include "benchmarks/drivers/raw_epoll.h"
#include "benchmarks/drivers/selector.h"

namespace benchmarks {

std::vector<Contestant> StandardContestants() {
  return {
      {"raw_epoll", MakeRawEpoll},
      {"selector", [] { return MakeSelector(); }},
      {"raw_epoll_again", MakeRawEpoll},
      {"poll", MakePoll},
  };
}

}  // namespace benchmarks
