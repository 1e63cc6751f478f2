#ifndef TESTS_SUPPORT_SENDING_CLIENT_H_
#define TESTS_SUPPORT_SENDING_CLIENT_H_

#include <cstddef>
#include <thread>

#include "tests/support/socket.h"

namespace event_selector {
namespace testing {

// A client, in a thread of its own, that sends without a pause and meanwhile
// receives what it is sent. It closes its socket when it has received to the
// end of the stream, and gives up when a call fails, as after a reset. For
// tests of how a server closes connections. POSIX systems only.
class SendingClient {
 public:
  struct Outcome {
    std::size_t received = 0;  // Bytes.
    bool saw_end = false;      // Of the stream. Otherwise:
    int error = 0;             // errno of the call that failed.
  };

  // Begins at once. `socket` is connected and non-blocking.
  explicit SendingClient(Socket socket);
  SendingClient(const SendingClient&) = delete;
  SendingClient& operator=(const SendingClient&) = delete;
  ~SendingClient();

  // Blocks until it has ended.
  Outcome Join();

 private:
  void Run();

  Socket socket_;
  Outcome outcome_;
  std::thread thread_;  // Last: it uses the others from its start.
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_SUPPORT_SENDING_CLIENT_H_
