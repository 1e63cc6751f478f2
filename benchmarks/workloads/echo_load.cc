#include "benchmarks/workloads/echo_load.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "benchmarks/descriptor.h"
#include "tests/support/fatal.h"
#include "tests/support/socket.h"

namespace benchmarks {
namespace {

using ::event_selector::testing::Die;
using ::event_selector::testing::DieOfError;

std::int64_t NowNs() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000000000 + now.tv_nsec;
}

// Blocking.
Descriptor Connect(std::uint16_t port) {
  Descriptor client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (client.fd() < 0) DieOfError("socket", errno);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (connect(client.fd(), reinterpret_cast<const sockaddr*>(&address),
              sizeof(address)) != 0) {
    DieOfError("connect", errno);
  }
  const int on = 1;
  // Reset at the end, so that no port is held for minutes.
  const linger reset = {1, 0};
  if (setsockopt(client.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0 ||
      setsockopt(client.fd(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) !=
          0) {
    DieOfError("setsockopt", errno);
  }
  return client;
}

std::int64_t Percentile(std::vector<std::int64_t>& values, double part) {
  const auto place = std::min(
      values.size() - 1,
      static_cast<std::size_t>(part * static_cast<double>(values.size())));
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(place);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// What runs in the process of the clients.
class Clients {
 public:
  Clients(std::uint16_t port, int connections, std::size_t message_bytes)
      : message_(message_bytes, 'e'), answer_(message_bytes) {
    for (int i = 0; i < connections; ++i) {
      clients_.push_back({Connect(port), 0, 0});
      epoll_event event = {};
      event.events = EPOLLIN;
      event.data.u32 = static_cast<std::uint32_t>(i);
      if (epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, clients_.back().socket.fd(),
                    &event) != 0) {
        DieOfError("epoll_ctl", errno);
      }
    }
  }

  Latencies Run(std::int64_t requests) {
    unsent_ = unanswered_ = requests;
    latencies_.clear();
    latencies_.reserve(static_cast<std::size_t>(requests));
    for (Client& client : clients_) {
      if (unsent_ > 0) Send(client);
    }
    while (unanswered_ > 0) TakeAnswers();
    return {Percentile(latencies_, 0.5), Percentile(latencies_, 0.99),
            Percentile(latencies_, 0.999)};
  }

 private:
  struct Client {
    Descriptor socket;
    std::int64_t sent_at_ns;
    std::size_t missing;  // Bytes of the answer.
  };

  void Send(Client& client) {
    --unsent_;
    client.missing = message_.size();
    client.sent_at_ns = NowNs();
    const ssize_t sent = send(client.socket.fd(), message_.data(),
                              message_.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(message_.size())) {
      DieOfError("send", errno);
    }
  }

  void TakeAnswers() {
    std::array<epoll_event, 256> events;
    const int count = epoll_wait(epoll_.fd(), events.data(),
                                 static_cast<int>(events.size()), -1);
    if (count < 0 && errno != EINTR) DieOfError("epoll_wait", errno);
    for (int i = 0; i < count; ++i) {
      Client& client = clients_[events[static_cast<std::size_t>(i)].data.u32];
      const ssize_t got =
          recv(client.socket.fd(), answer_.data(), client.missing, 0);
      if (got <= 0) DieOfError("recv", errno);
      client.missing -= static_cast<std::size_t>(got);
      if (client.missing > 0) continue;
      latencies_.push_back(NowNs() - client.sent_at_ns);
      --unanswered_;
      if (unsent_ > 0) Send(client);
    }
  }

  const std::vector<char> message_;
  std::vector<char> answer_;
  const Descriptor epoll_{epoll_create1(EPOLL_CLOEXEC)};
  std::vector<Client> clients_;
  std::vector<std::int64_t> latencies_;
  std::int64_t unsent_ = 0;
  std::int64_t unanswered_ = 0;
};

// Serves the orders that come over `control`, until it is closed.
[[noreturn]] void RunClients(int control, std::uint16_t port, int connections,
                             std::size_t message_bytes) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  Clients clients(port, connections, message_bytes);
  std::int64_t requests = 0;
  while (read(control, &requests, sizeof(requests)) == sizeof(requests)) {
    const Latencies latencies = clients.Run(requests);
    if (send(control, &latencies, sizeof(latencies), MSG_NOSIGNAL) !=
        sizeof(latencies)) {
      break;
    }
  }
  _exit(0);
}

}  // namespace

EchoLoad::EchoLoad(std::uint16_t port, int connections,
                   std::size_t message_bytes) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    DieOfError("socketpair", errno);
  }
  event_selector::testing::Socket theirs(ends[1]);
  control_ = event_selector::testing::Socket(ends[0]);
  process_ = fork();
  if (process_ < 0) DieOfError("fork", errno);
  if (process_ == 0) {
    close(ends[0]);
    RunClients(ends[1], port, connections, message_bytes);
  }
}

EchoLoad::~EchoLoad() {
  control_ = event_selector::testing::Socket();
  while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void EchoLoad::Begin(std::int64_t requests) {
  if (send(control_.handle(), &requests, sizeof(requests), MSG_NOSIGNAL) !=
      sizeof(requests)) {
    DieOfError("send to the clients", errno);
  }
}

Latencies EchoLoad::End() {
  Latencies latencies;
  if (recv(control_.handle(), &latencies, sizeof(latencies), MSG_WAITALL) !=
      sizeof(latencies)) {
    Die("the clients of the echo server have ended");
  }
  return latencies;
}

}  // namespace benchmarks
