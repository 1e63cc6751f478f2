#ifndef EXAMPLES_COMMON_SERVER_PROCESS_H_
#define EXAMPLES_COMMON_SERVER_PROCESS_H_

#include <sys/types.h>

#include <csignal>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "examples/common/descriptor.h"

namespace examples {

// For tests: the server's program, running as a child of this process.
class ServerProcess {
 public:
  // Starts `path` and waits until it says which port it listens on. If
  // `descriptor_limit` is not 0, it may open no more than so many descriptors;
  // otherwise it starts with few, and may raise its limit.
  ServerProcess(const std::string& path, const std::vector<std::string>& flags,
                int descriptor_limit = 0);
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess();  // Kills it if it still runs. On Linux the end of the
                     // thread that has started it does, too.

  std::uint16_t port() const { return port_; }
  pid_t pid() const { return pid_; }

  void Signal(int signal);

  // Between these, it does nothing, and what its clients do meets it at once.
  void Pause();
  void Continue() { Signal(SIGCONT); }

  // The processor time that it has used; nullopt on a system that does not
  // tell.
  std::optional<absl::Duration> CpuTime() const;

  // Waits for its end and returns its exit status, -1 if a signal ended it.
  // `rest` gets what it printed after the port.
  int Join(std::string* rest);

 private:
  pid_t pid_ = -1;
  Descriptor output_;
  std::uint16_t port_ = 0;
};

}  // namespace examples

#endif  // EXAMPLES_COMMON_SERVER_PROCESS_H_
