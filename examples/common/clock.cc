#include "examples/common/clock.h"

#include <chrono>

namespace examples {

std::chrono::nanoseconds Now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace examples
