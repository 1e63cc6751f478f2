#include "backends/poll/waiter.h"

#include <poll.h>

#include <atomic>
#include <cstddef>

#include "backends/poll/registration_table.h"

namespace event_selector {
namespace poll {

void Waiter::Reserve(std::size_t registrations) {
  const bool is_polling = state_.load(std::memory_order_relaxed) != kNotPolling;
  set_.Reserve(registrations, is_polling);
}

void Waiter::BeginPolling(const RegistrationTable& table) {
  set_.Update(table, notifier_.descriptor());
  // In one order with the pending flag of wake-ups: see PollSelector::Wake.
  state_.store(kPolling, std::memory_order_seq_cst);
}

bool Waiter::EndPolling(bool has_polled) {
  state_.store(kNotPolling, std::memory_order_seq_cst);
  if (!has_polled || set_.own_revents() == 0) return true;
  // Anything but POLLIN means that somebody closed what is not theirs.
  return set_.own_revents() == POLLIN && notifier_.Reset();
}

Waiter::Answer Waiter::Interrupt() {
  State state = kPolling;
  if (!state_.compare_exchange_strong(state, kInterrupting,
                                      std::memory_order_seq_cst)) {
    return state == kNotPolling ? Answer::kIdle : Answer::kInterrupted;
  }
  if (notifier_.Notify()) return Answer::kInterrupted;
  // Let the next one try again, if it is still the same poll. (If it is a later
  // one, that is interrupted twice at most.)
  state = kInterrupting;
  state_.compare_exchange_strong(state, kPolling, std::memory_order_seq_cst);
  return Answer::kRefused;
}

}  // namespace poll
}  // namespace event_selector
