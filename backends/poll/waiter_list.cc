#include "backends/poll/waiter_list.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "backends/poll/notifier.h"
#include "backends/poll/waiter.h"
#include "event/internal/described_error.h"

namespace event_selector {
namespace poll {

WaiterList::~WaiterList() {
  for (Node* node = first(); node != nullptr;) {
    const std::unique_ptr<Node> owned(node);
    node = node->next;
  }
}

absl::Status WaiterList::Open(Notifier::Kind kind) {
  kind_ = kind;
  return Append().status();
}

absl::StatusOr<WaiterList::Node*> WaiterList::Append() {
  std::unique_ptr<Node> node;
  if (!internal::HasMemoryFor([&] {
        node = std::make_unique<Node>();
        node->waiter.Reserve(registrations_);
      })) {
    return internal::NoMemoryError("another waiting thread");
  }
  if (absl::Status status = node->waiter.Open(kind_); !status.ok()) {
    return status;
  }
  node->next = first();
  first_.store(node.get(), std::memory_order_release);
  return node.release();
}

absl::StatusOr<Waiter*> WaiterList::Take() {
  Node* node = first();
  while (node != nullptr && node->is_taken) node = node->next;
  if (node == nullptr) {
    absl::StatusOr<Node*> appended = Append();
    if (!appended.ok()) return appended.status();
    node = *appended;
  }
  node->is_taken = true;
  return &node->waiter;
}

void WaiterList::Return(Waiter* waiter) {
  for (Node* node = first(); node != nullptr; node = node->next) {
    if (&node->waiter == waiter) node->is_taken = false;
  }
}

void WaiterList::Reserve(std::size_t registrations) {
  for (Node* node = first(); node != nullptr; node = node->next) {
    node->waiter.Reserve(registrations);
  }
  registrations_ = registrations;
}

bool WaiterList::InterruptAll() {
  bool is_refused = false;
  for (Node* node = first(); node != nullptr; node = node->next) {
    is_refused |= node->waiter.Interrupt() == Waiter::Answer::kRefused;
  }
  return !is_refused;
}

bool WaiterList::HasPollBefore(std::uint64_t version) const {
  for (const Node* node = first(); node != nullptr; node = node->next) {
    if (node->waiter.IsPollingBefore(version)) return true;
  }
  return false;
}

bool WaiterList::InterruptOne() {
  bool is_refused = false;
  for (Node* node = first(); node != nullptr; node = node->next) {
    const Waiter::Answer answer = node->waiter.Interrupt();
    if (answer == Waiter::Answer::kInterrupted) return true;
    is_refused |= answer == Waiter::Answer::kRefused;
  }
  return !is_refused;
}

bool WaiterList::Owns(int descriptor) const {
  for (const Node* node = first(); node != nullptr; node = node->next) {
    if (node->waiter.Owns(descriptor)) return true;
  }
  return false;
}

}  // namespace poll
}  // namespace event_selector
