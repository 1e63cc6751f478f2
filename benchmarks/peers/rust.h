#ifndef BENCHMARKS_PEERS_RUST_H_
#define BENCHMARKS_PEERS_RUST_H_

#include <vector>

#include "benchmarks/driver.h"
#include "benchmarks/harness/machine.h"

namespace benchmarks {

// Rust's libraries, through the crate in rust/. Empty where they are not
// installed (//bazel:peers.bzl says so while building).
// - mio, by Poll, SourceFd and Waker: edge-triggered and nothing else.
// - polling, by Poller: oneshot and nothing else; `modify` arms again, and
//   `notify` wakes.
// Neither has timers or a queue: a program puts a queue with a mutex beside
// them, whose first item wakes.
std::vector<Contestant> RustContestants();

// The versions that this program runs with.
std::vector<LibraryVersion> RustVersions();

}  // namespace benchmarks

#endif  // BENCHMARKS_PEERS_RUST_H_
