#ifndef EXAMPLES_COMMON_START_THREAD_H_
#define EXAMPLES_COMMON_START_THREAD_H_

#include <functional>
#include <thread>

#include "absl/status/statusor.h"

namespace examples {

// A thread that runs `body`. kResourceExhausted where the system has none left,
// which std::thread says by an exception.
absl::StatusOr<std::thread> StartThread(std::function<void()> body);

}  // namespace examples

#endif  // EXAMPLES_COMMON_START_THREAD_H_
