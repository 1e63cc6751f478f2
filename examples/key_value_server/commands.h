#ifndef KEY_VALUE_SERVER_COMMANDS_H_
#define KEY_VALUE_SERVER_COMMANDS_H_

#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "event/token.h"
#include "resp.h"
#include "snapshot_writer.h"
#include "store.h"
#include "subscriptions.h"

namespace key_value_server {

// What the server's commands do. Knows no sockets: requests come in, and
// replies go into strings. Thread-compatible.
class Commands {
 public:
  // Gives a message to a subscriber. Its reply is ready to be sent.
  using Deliver =
      std::function<void(event_selector::Token, absl::string_view reply)>;

  Commands(Store& store, Subscriptions& subscriptions, SnapshotWriter& writer,
           Deliver deliver);

  // Executes a request of `client` with at least one argument, and appends the
  // reply to `out`. Returns false if the client is to be closed after it
  // (QUIT).
  bool Execute(const Arguments& arguments, event_selector::Token client,
               Store::Time now, std::string& out);

 private:
  void Set(const Arguments& arguments, Store::Time now, std::string& out);
  void Get(const Arguments& arguments, std::string& out);
  void Del(const Arguments& arguments, std::string& out);
  void Expire(const Arguments& arguments, Store::Time now, std::string& out);
  void Ttl(const Arguments& arguments, Store::Time now, std::string& out);
  void Ping(const Arguments& arguments, bool is_subscriber, std::string& out);
  void Echo(const Arguments& arguments, std::string& out);
  void Subscribe(const Arguments& arguments, event_selector::Token client,
                 std::string& out);
  void Unsubscribe(const Arguments& arguments, event_selector::Token client,
                   std::string& out);
  void Publish(const Arguments& arguments, std::string& out);
  void Save(Store::Time now, std::string& out);

  Store& store_;
  Subscriptions& subscriptions_;
  SnapshotWriter& writer_;
  const Deliver deliver_;
};

}  // namespace key_value_server

#endif  // KEY_VALUE_SERVER_COMMANDS_H_
