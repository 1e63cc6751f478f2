#ifndef BENCHMARKS_PEERS_RUST_RUST_PEERS_H_
#define BENCHMARKS_PEERS_RUST_RUST_PEERS_H_

#include <cstddef>

// The functions of the crate beside this file. A call that fails returns
// errno's value, and one that makes a poller null; 0 is success. `*_wake` may
// be called from any thread, everything else from one at a time. A handler may
// call everything but `*_turn`, `*_delete`.
extern "C" {

using RustPeersHandler = void (*)(void* argument, std::size_t key);

struct MioPoller;
const char* mio_version();
MioPoller* mio_new();
void mio_delete(MioPoller* poller);
int mio_add(MioPoller* poller, int fd, std::size_t key, bool is_writable);
int mio_modify(MioPoller* poller, int fd, std::size_t key, bool is_writable);
int mio_remove(MioPoller* poller, int fd);
int mio_wake(MioPoller* poller);
int mio_turn(MioPoller* poller, bool waits, RustPeersHandler handler,
             void* argument);

struct PollingPoller;
const char* polling_version();
PollingPoller* polling_new();
void polling_delete(PollingPoller* poller);
int polling_add(PollingPoller* poller, int fd, std::size_t key,
                bool is_writable);
int polling_modify(PollingPoller* poller, int fd, std::size_t key,
                   bool is_writable);
int polling_remove(PollingPoller* poller, int fd);
int polling_wake(PollingPoller* poller);
int polling_turn(PollingPoller* poller, bool waits, RustPeersHandler handler,
                 void* argument);

}  // extern "C"

#endif  // BENCHMARKS_PEERS_RUST_RUST_PEERS_H_
