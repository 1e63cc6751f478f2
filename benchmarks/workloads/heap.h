#ifndef BENCHMARKS_WORKLOADS_HEAP_H_
#define BENCHMARKS_WORKLOADS_HEAP_H_

#include <cstdint>
#include <optional>

namespace benchmarks {

// How many bytes of memory malloc has given away and not got back, in all
// arenas: what it keeps for itself in each block included, and small freed
// blocks that it keeps for the thread (at most a few kilobytes). Asks malloc's
// own counters (mallinfo2 of glibc 2.33), so that nothing is slowed down.
// nullopt where malloc has no such counters: another C library, a sanitizer.
std::optional<std::int64_t> HeapBytesInUse();

}  // namespace benchmarks

#endif  // BENCHMARKS_WORKLOADS_HEAP_H_
