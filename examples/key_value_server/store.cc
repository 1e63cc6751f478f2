#include "store.h"

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "event/timer_id.h"

namespace key_value_server {

const std::string* Store::Get(absl::string_view key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : &found->second.value;
}

absl::Status Store::Set(absl::string_view key, absl::string_view value,
                        std::optional<Time> deadline) {
  // Most values replace one: without a key to construct.
  auto found = entries_.find(key);
  const bool is_new = found == entries_.end();
  if (is_new) found = entries_.try_emplace(std::string(key)).first;
  if (deadline.has_value()) {
    absl::Status status = SetDeadline(*found, *deadline);
    if (!status.ok()) {
      if (is_new) entries_.erase(found);
      return status;
    }
  } else {
    ClearDeadline(found->second);
  }
  found->second.value.assign(value.data(), value.size());
  return absl::OkStatus();
}

bool Store::Remove(absl::string_view key) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return false;
  ClearDeadline(found->second);
  entries_.erase(found);
  return true;
}

absl::Status Store::Expire(absl::string_view key, Time deadline) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return absl::NotFoundError("no such key");
  return SetDeadline(*found, deadline);
}

Store::Lifetime Store::LifetimeOf(absl::string_view key) const {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return {};
  return {true, found->second.deadline};
}

void Store::RemoveExpired(Time now) {
  while (const auto due = timers_.PopDue(now)) {
    entries_.erase(entries_.find((*due)->first));
  }
}

Store::Snapshot Store::Copy(Time now) const {
  Snapshot snapshot;
  snapshot.reserve(entries_.size());
  for (const auto& [key, entry] : entries_) {
    snapshot.push_back({key, entry.value, std::nullopt});
    if (entry.deadline.has_value()) {
      snapshot.back().lifetime = *entry.deadline - now;
    }
  }
  return snapshot;
}

absl::Status Store::SetDeadline(Entries::value_type& item, Time deadline) {
  Entry& entry = item.second;
  if (!timers_.Postpone(entry.timer, deadline)) {
    const absl::StatusOr<event_selector::TimerId> timer =
        timers_.Add(deadline, &item);
    if (!timer.ok()) return timer.status();
    entry.timer = *timer;
  }
  entry.deadline = deadline;
  return absl::OkStatus();
}

void Store::ClearDeadline(Entry& entry) {
  if (!entry.deadline.has_value()) return;
  timers_.Cancel(entry.timer);
  entry.deadline.reset();
}

}  // namespace key_value_server
