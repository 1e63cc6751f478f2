#include "subscriptions.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "event/token.h"

namespace key_value_server {

std::size_t Subscriptions::Subscribe(event_selector::Token client,
                                     absl::string_view channel) {
  subscribers_[channel].insert(client);
  absl::flat_hash_set<std::string>& channels = channels_[client];
  channels.emplace(channel);
  return channels.size();
}

std::size_t Subscriptions::Unsubscribe(event_selector::Token client,
                                       absl::string_view channel) {
  const auto found = channels_.find(client);
  if (found == channels_.end()) return 0;
  if (found->second.erase(channel) > 0) RemoveFromChannel(client, channel);
  const std::size_t left = found->second.size();
  if (left == 0) channels_.erase(found);
  return left;
}

void Subscriptions::UnsubscribeAll(event_selector::Token client) {
  const auto found = channels_.find(client);
  if (found == channels_.end()) return;
  for (const std::string& channel : found->second) {
    RemoveFromChannel(client, channel);
  }
  channels_.erase(found);
}

std::vector<std::string> Subscriptions::ChannelsOf(
    event_selector::Token client) const {
  const auto found = channels_.find(client);
  if (found == channels_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

const absl::flat_hash_set<event_selector::Token>* Subscriptions::SubscribersOf(
    absl::string_view channel) const {
  const auto found = subscribers_.find(channel);
  return found == subscribers_.end() ? nullptr : &found->second;
}

void Subscriptions::RemoveFromChannel(event_selector::Token client,
                                      absl::string_view channel) {
  const auto found = subscribers_.find(channel);
  if (found == subscribers_.end()) return;
  found->second.erase(client);
  if (found->second.empty()) subscribers_.erase(found);
}

}  // namespace key_value_server
