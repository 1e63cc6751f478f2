#ifndef BENCHMARKS_DRIVERS_EVENTFD_POSTBOX_H_
#define BENCHMARKS_DRIVERS_EVENTFD_POSTBOX_H_

#include <memory>

#include "benchmarks/postbox.h"

namespace benchmarks {

// Posting by hand: a queue with a mutex, and an eventfd in an epoll that is
// written when the queue was empty.
std::unique_ptr<Postbox> MakeEventfdPostbox();

}  // namespace benchmarks

#endif  // BENCHMARKS_DRIVERS_EVENTFD_POSTBOX_H_
