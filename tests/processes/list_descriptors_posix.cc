// Prints the numbers of the descriptors that are open in this process, each
// followed by a line end: what a program inherits.

#include <cstdio>

#include "tests/support/pipe.h"

int main() {
  for (const int descriptor : event_selector::testing::OpenDescriptors()) {
    std::printf("%d\n", descriptor);
  }
  return std::fclose(stdout) == 0 ? 0 : 1;
}
