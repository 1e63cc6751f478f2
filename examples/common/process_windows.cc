// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>

#include <csignal>

#include "examples/common/process.h"

namespace examples {

void PrepareProcess() {
  WSADATA data;
  // Should it fail, so does the first socket, which is reported.
  WSAStartup(MAKEWORD(2, 2), &data);
}

void OnEndOfProcess(void (*stop)(int signal)) {
  // Comes in a thread of its own there.
  std::signal(SIGINT, stop);
  std::signal(SIGTERM, stop);
}

}  // namespace examples
