// Sends back in capitals what it receives, until it is interrupted.

#include <csignal>
#include <iostream>

#include "absl/status/status.h"
#include "shout_server.h"

namespace {

ShoutServer* server_to_stop = nullptr;

extern "C" void Stop(int /*signal*/) { server_to_stop->Stop(); }

}  // namespace

int main() {
  const auto server = ShoutServer::Listen();
  if (!server.ok()) {
    std::cerr << server.status() << "\n";
    return 1;
  }
  server_to_stop = server->get();
  std::signal(SIGINT, &Stop);
  std::signal(SIGTERM, &Stop);
  std::cout << "listening on 127.0.0.1:" << (*server)->port() << ", by "
            << (*server)->backend() << std::endl;
  const absl::Status served = (*server)->Run();
  if (!served.ok()) std::cerr << served << "\n";
  return served.ok() ? 0 : 1;
}
