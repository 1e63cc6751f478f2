#ifndef BENCHMARKS_PEERS_CONTESTANTS_H_
#define BENCHMARKS_PEERS_CONTESTANTS_H_

#include <vector>

#include "benchmarks/driver.h"
#include "benchmarks/harness/machine.h"

namespace benchmarks {

// The other libraries, each with its own loop.
std::vector<Contestant> PeerContestants();

// The versions that this program runs with.
std::vector<LibraryVersion> PeerVersions();

}  // namespace benchmarks

#endif  // BENCHMARKS_PEERS_CONTESTANTS_H_
