#ifndef KEY_VALUE_SERVER_SUBSCRIPTIONS_H_
#define KEY_VALUE_SERVER_SUBSCRIPTIONS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "event/token.h"

namespace key_value_server {

// Which clients listen to which channels. Thread-compatible.
class Subscriptions {
 public:
  // Returns how many channels the client listens to then.
  std::size_t Subscribe(event_selector::Token client,
                        absl::string_view channel);
  std::size_t Unsubscribe(event_selector::Token client,
                          absl::string_view channel);
  void UnsubscribeAll(event_selector::Token client);

  std::vector<std::string> ChannelsOf(event_selector::Token client) const;
  bool IsSubscriber(event_selector::Token client) const {
    return channels_.contains(client);
  }

  // Who listens to `channel`; null if nobody does. Valid until the next change.
  const absl::flat_hash_set<event_selector::Token>* SubscribersOf(
      absl::string_view channel) const;

 private:
  void RemoveFromChannel(event_selector::Token client,
                         absl::string_view channel);

  // Neither has an empty set.
  absl::flat_hash_map<std::string, absl::flat_hash_set<event_selector::Token>>
      subscribers_;
  absl::flat_hash_map<event_selector::Token, absl::flat_hash_set<std::string>>
      channels_;
};

}  // namespace key_value_server

#endif  // KEY_VALUE_SERVER_SUBSCRIPTIONS_H_
