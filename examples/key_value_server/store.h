#ifndef KEY_VALUE_SERVER_STORE_H_
#define KEY_VALUE_SERVER_STORE_H_

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "event/timer_id.h"
#include "event/timer_queue.h"

namespace key_value_server {

// Keys and their values. A key may expire: it is gone at its deadline, which
// `RemoveExpired` sees to. Times are those of one clock that never jumps, given
// with each call. Thread-compatible.
class Store {
 public:
  using Time = std::chrono::nanoseconds;

  // Nothing, if there is no such key. Valid until the next call that changes.
  const std::string* Get(absl::string_view key) const;

  // Sets or replaces a value. Without `deadline` it never expires. Errors:
  //   kResourceExhausted  no memory left for the timer.
  absl::Status Set(absl::string_view key, absl::string_view value,
                   std::optional<Time> deadline = std::nullopt);

  // Whether there was such a key.
  bool Remove(absl::string_view key);

  // Lets an existing key expire at `deadline`, in place of any deadline before.
  // kNotFound if there is none.
  absl::Status Expire(absl::string_view key, Time deadline);

  struct Lifetime {
    bool exists = false;
    std::optional<Time> deadline;
  };
  Lifetime LifetimeOf(absl::string_view key) const;

  // How long until the next key expires.
  absl::Duration UntilNextExpiry(Time now) { return timers_.UntilNext(now); }
  // To be called with each reading of the clock, before what reads keys.
  void RemoveExpired(Time now);

  std::size_t size() const { return entries_.size(); }

  // A copy of all of it, for another thread.
  struct Item {
    std::string key;
    std::string value;
    std::optional<Time> lifetime;  // What is left of it.
  };
  using Snapshot = std::vector<Item>;
  Snapshot Copy(Time now) const;

 private:
  struct Entry {
    std::string value;
    event_selector::TimerId timer;  // Names none without a deadline.
    std::optional<Time> deadline;
  };
  // Never moves its elements: the timers point at their keys.
  using Entries = absl::node_hash_map<std::string, Entry>;

  absl::Status SetDeadline(Entries::value_type& item, Time deadline);
  void ClearDeadline(Entry& entry);

  Entries entries_;
  event_selector::TimerQueue<Entries::value_type*> timers_;
};

}  // namespace key_value_server

#endif  // KEY_VALUE_SERVER_STORE_H_
