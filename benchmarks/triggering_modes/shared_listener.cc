#include "benchmarks/triggering_modes/shared_listener.h"

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "benchmarks/descriptor.h"
#include "event/event.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/selector.h"
#include "event/token.h"

namespace benchmarks {
namespace {

constexpr timeval kPatience = {10, 0};

// A client that gave up is an error to report, not a signal that kills.
#if defined(MSG_NOSIGNAL)
constexpr int kSendFlags = MSG_NOSIGNAL;
#else
constexpr int kSendFlags = 0;
#endif

// The client's side: gives up after a while instead of hanging, and resets the
// connection when it closes it.
absl::Status SetClientOptions(const Descriptor& client) {
  const linger reset = {1, 0};
  if (setsockopt(client.fd(), SOL_SOCKET, SO_RCVTIMEO, &kPatience,
                 sizeof(kPatience)) != 0 ||
      setsockopt(client.fd(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) !=
          0) {
    return ErrnoStatus("setsockopt");
  }
  return absl::OkStatus();
}

std::int64_t ContextSwitches() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_nvcsw;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SharedListener>> SharedListener::Create(
    const SharedListenerOptions& options) {
  if (options.selectors < 1) {
    return absl::InvalidArgumentError("selectors: must be at least 1");
  }
  auto shared = absl::WrapUnique(new SharedListener);
  absl::Status done;
  for (int i = 0; done.ok() && i < options.selectors; ++i) {
    done = shared->StartWorker(options.mode);
  }
  if (!done.ok()) return done;
  shared->context_switches_at_start_ = ContextSwitches();
  return shared;
}

SharedListener::~SharedListener() { EndThreads(); }

absl::Status SharedListener::StartWorker(event_selector::Mode mode) {
  absl::StatusOr<std::unique_ptr<event_selector::Selector>> selector =
      event_selector::Selector::Create();
  if (!selector.ok()) return selector.status();
  absl::Status added =
      (*selector)->Add(listener_.socket.handle(), event_selector::Token(0),
                       event_selector::Interest::kReadable, mode);
  if (!added.ok()) return added;

  workers_.push_back(std::make_unique<Worker>());
  Worker& worker = *workers_.back();
  worker.selector = *std::move(selector);
  worker.thread = std::thread([listener = listener_.socket.handle(), &worker] {
    worker.status = RunWorker(listener, worker);
  });
  return absl::OkStatus();
}

absl::Status SharedListener::RunWorker(int listener, Worker& worker) {
  event_selector::Event events[1];
  while (true) {
    absl::StatusOr<absl::Span<event_selector::Event>> ready =
        worker.selector->Wait(absl::MakeSpan(events), absl::InfiniteDuration());
    if (absl::IsCancelled(ready.status())) return absl::OkStatus();
    if (!ready.ok()) return ready.status();
    if (ready->empty()) continue;
    absl::Status accepted = AcceptOne(listener, worker);
    if (!accepted.ok()) return accepted;
  }
}

absl::Status SharedListener::AcceptOne(int listener, Worker& worker) {
  ++worker.totals.wakeups;
  Descriptor connection(accept(listener, nullptr, nullptr));
  if (connection.fd() < 0) {
    // A signal that interrupted the call costs another turn: the condition is
    // reported by level.
    if (!WouldBlock() && errno != EINTR) return ErrnoStatus("accept");
    ++worker.totals.useless_wakeups;
    return absl::OkStatus();
  }
  ++worker.totals.accepted;
  const char done = 'a';
  if (send(connection.fd(), &done, 1, kSendFlags) != 1) {
    return ErrnoStatus("send");
  }
  return absl::OkStatus();
}

absl::Status SharedListener::Connect() {
  const Descriptor client(socket(AF_INET, SOCK_STREAM, 0));
  if (client.fd() < 0) return ErrnoStatus("socket");
  absl::Status set = SetClientOptions(client);
  if (!set.ok()) return set;
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(listener_.port);
  if (connect(client.fd(), reinterpret_cast<const sockaddr*>(&address),
              sizeof(address)) != 0) {
    return ErrnoStatus("connect");
  }
  char done = 0;
  ssize_t got = -1;
  do {
    got = recv(client.fd(), &done, 1, 0);
  } while (got < 0 && errno == EINTR);
  if (got == 1) return absl::OkStatus();
  if (got < 0 && !WouldBlock()) return ErrnoStatus("recv");
  return absl::DeadlineExceededError("no thread accepted the connection");
}

absl::StatusOr<AcceptTotals> SharedListener::Stop() {
  AcceptTotals sum;
  sum.context_switches = ContextSwitches() - context_switches_at_start_;
  EndThreads();
  for (const auto& worker : workers_) {
    if (!worker->status.ok()) return worker->status;
    sum.accepted += worker->totals.accepted;
    sum.wakeups += worker->totals.wakeups;
    sum.useless_wakeups += worker->totals.useless_wakeups;
  }
  return sum;
}

void SharedListener::EndThreads() {
  for (const auto& worker : workers_) worker->selector->Close();
  for (const auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

}  // namespace benchmarks
