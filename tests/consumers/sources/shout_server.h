#ifndef SHOUT_SERVER_H_
#define SHOUT_SERVER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "event/selector.h"
#include "event/token.h"
#include "event/token_map.h"

// Owns a file descriptor. Thread-compatible.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor();

  int get() const { return fd_; }

 private:
  int fd_;
};

// Sends each client, in capitals, what it sends: a project that depends on
// event_selector, and sees of it what any project does.
class ShoutServer {
 public:
  // Listens on 127.0.0.1, on a port that the system chooses.
  static absl::StatusOr<std::unique_ptr<ShoutServer>> Listen();

  std::uint16_t port() const { return port_; }
  // The name of the selector's backend.
  absl::string_view backend() const { return selector_->name(); }

  // Serves until `Stop`.
  absl::Status Run();

  // May be called from any thread and from a signal handler.
  void Stop();

 private:
  struct Client {
    Descriptor socket;
    std::string unsent;
  };

  ShoutServer(Descriptor listener, std::uint16_t port,
              std::unique_ptr<event_selector::Selector> selector);

  absl::Status Accept();
  absl::Status Serve(event_selector::Token token);
  // False where the client is gone or has sent all that it will.
  static bool Receive(Client& client);
  static bool Send(Client& client);

  const Descriptor listener_;
  const std::uint16_t port_;
  const std::unique_ptr<event_selector::Selector> selector_;
  event_selector::TokenMap<Client> clients_;
  std::atomic<bool> stopped_{false};
};

#endif  // SHOUT_SERVER_H_
