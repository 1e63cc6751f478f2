#include "commands.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "event/token.h"
#include "resp.h"
#include "snapshot_writer.h"
#include "store.h"
#include "subscriptions.h"

namespace key_value_server {
namespace {

using std::chrono::milliseconds;

// A hundred years: more would not fit into nanoseconds.
constexpr std::int64_t kMaxMilliseconds = std::int64_t{100} * 365 * 86'400'000;

bool Is(absl::string_view argument, absl::string_view name) {
  return absl::EqualsIgnoreCase(argument, name);
}

void WrongNumber(absl::string_view command, std::string& out) {
  AppendError(absl::StrCat("ERR wrong number of arguments for '",
                           absl::AsciiStrToLower(command), "' command"),
              out);
}

// A time in units of `unit` milliseconds; nothing if it is none.
std::optional<milliseconds> ParseTime(absl::string_view text,
                                      std::int64_t unit) {
  std::int64_t value = 0;
  if (!absl::SimpleAtoi(text, &value)) return std::nullopt;
  if (value > kMaxMilliseconds / unit || value < -kMaxMilliseconds / unit) {
    return std::nullopt;
  }
  return milliseconds(value * unit);
}

}  // namespace

Commands::Commands(Store& store, Subscriptions& subscriptions,
                   SnapshotWriter& writer, Deliver deliver)
    : store_(store),
      subscriptions_(subscriptions),
      writer_(writer),
      deliver_(std::move(deliver)) {}

bool Commands::Execute(const Arguments& arguments, event_selector::Token client,
                       Store::Time now, std::string& out) {
  const absl::string_view name = arguments[0];
  const bool is_subscriber = subscriptions_.IsSubscriber(client);
  // Those that come most often are first.
  if (!is_subscriber) {
    if (Is(name, "GET")) return Get(arguments, out), true;
    if (Is(name, "SET")) return Set(arguments, now, out), true;
    if (Is(name, "DEL")) return Del(arguments, out), true;
    if (Is(name, "PUBLISH")) return Publish(arguments, out), true;
    if (Is(name, "EXPIRE")) return Expire(arguments, now, out), true;
    if (Is(name, "TTL")) return Ttl(arguments, now, out), true;
    if (Is(name, "BGSAVE")) return Save(now, out), true;
    if (Is(name, "ECHO")) return Echo(arguments, out), true;
  }
  if (Is(name, "PING")) return Ping(arguments, is_subscriber, out), true;
  if (Is(name, "SUBSCRIBE")) return Subscribe(arguments, client, out), true;
  if (Is(name, "UNSUBSCRIBE")) return Unsubscribe(arguments, client, out), true;
  if (Is(name, "QUIT")) return AppendSimple("OK", out), false;
  // It may be megabytes.
  constexpr std::size_t kMostShown = 128;
  const absl::string_view shown = name.substr(0, kMostShown);
  if (is_subscriber) {
    AppendError(
        absl::StrCat("ERR Can't execute '", absl::AsciiStrToLower(shown),
                     "': only SUBSCRIBE / UNSUBSCRIBE / PING / QUIT are "
                     "allowed in this context"),
        out);
  } else {
    AppendError(absl::StrCat("ERR unknown command '", shown, "'"), out);
  }
  return true;
}

void Commands::Get(const Arguments& arguments, std::string& out) {
  if (arguments.size() != 2) return WrongNumber(arguments[0], out);
  const std::string* const value = store_.Get(arguments[1]);
  if (value == nullptr) return AppendNull(out);
  AppendBulk(*value, out);
}

void Commands::Set(const Arguments& arguments, Store::Time now,
                   std::string& out) {
  if (arguments.size() < 3) return WrongNumber(arguments[0], out);
  std::optional<Store::Time> deadline;
  if (arguments.size() > 3) {
    const bool is_seconds = Is(arguments[3], "EX");
    if (arguments.size() != 5 || (!is_seconds && !Is(arguments[3], "PX"))) {
      return AppendError("ERR syntax error", out);
    }
    const std::optional<milliseconds> time =
        ParseTime(arguments[4], is_seconds ? 1000 : 1);
    if (!time.has_value() || *time <= milliseconds(0)) {
      return AppendError("ERR invalid expire time in 'set' command", out);
    }
    deadline = now + *time;
  }
  const absl::Status status = store_.Set(arguments[1], arguments[2], deadline);
  if (!status.ok()) return AppendError("OOM no memory left", out);
  AppendSimple("OK", out);
}

void Commands::Del(const Arguments& arguments, std::string& out) {
  if (arguments.size() < 2) return WrongNumber(arguments[0], out);
  std::int64_t removed = 0;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    if (store_.Remove(arguments[i])) ++removed;
  }
  AppendInteger(removed, out);
}

void Commands::Expire(const Arguments& arguments, Store::Time now,
                      std::string& out) {
  if (arguments.size() != 3) return WrongNumber(arguments[0], out);
  const std::optional<milliseconds> time = ParseTime(arguments[2], 1000);
  if (!time.has_value()) {
    return AppendError("ERR value is not an integer or out of range", out);
  }
  // What is over already is gone at once.
  if (*time <= milliseconds(0)) {
    return AppendInteger(store_.Remove(arguments[1]) ? 1 : 0, out);
  }
  const absl::Status status = store_.Expire(arguments[1], now + *time);
  if (absl::IsResourceExhausted(status)) {
    return AppendError("OOM no memory left", out);
  }
  AppendInteger(status.ok() ? 1 : 0, out);
}

void Commands::Ttl(const Arguments& arguments, Store::Time now,
                   std::string& out) {
  if (arguments.size() != 2) return WrongNumber(arguments[0], out);
  const Store::Lifetime lifetime = store_.LifetimeOf(arguments[1]);
  if (!lifetime.exists) return AppendInteger(-2, out);
  if (!lifetime.deadline.has_value()) return AppendInteger(-1, out);
  AppendInteger(
      std::chrono::round<std::chrono::seconds>(*lifetime.deadline - now)
          .count(),
      out);
}

void Commands::Ping(const Arguments& arguments, bool is_subscriber,
                    std::string& out) {
  if (arguments.size() > 2) return WrongNumber(arguments[0], out);
  const absl::string_view text = arguments.size() == 2 ? arguments[1] : "";
  if (is_subscriber) {
    AppendArray(2, out);
    AppendBulk("pong", out);
    AppendBulk(text, out);
  } else if (arguments.size() == 2) {
    AppendBulk(text, out);
  } else {
    AppendSimple("PONG", out);
  }
}

// `redis-cli --pipe` ends with one, to see when all is answered.
void Commands::Echo(const Arguments& arguments, std::string& out) {
  if (arguments.size() != 2) return WrongNumber(arguments[0], out);
  AppendBulk(arguments[1], out);
}

void Commands::Subscribe(const Arguments& arguments,
                         event_selector::Token client, std::string& out) {
  if (arguments.size() < 2) return WrongNumber(arguments[0], out);
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::size_t count = subscriptions_.Subscribe(client, arguments[i]);
    AppendArray(3, out);
    AppendBulk("subscribe", out);
    AppendBulk(arguments[i], out);
    AppendInteger(static_cast<std::int64_t>(count), out);
  }
}

void Commands::Unsubscribe(const Arguments& arguments,
                           event_selector::Token client, std::string& out) {
  std::vector<std::string> channels(arguments.begin() + 1, arguments.end());
  if (channels.empty()) channels = subscriptions_.ChannelsOf(client);
  const bool is_none = channels.empty();
  if (is_none) channels.emplace_back();
  for (const std::string& channel : channels) {
    const std::size_t count = subscriptions_.Unsubscribe(client, channel);
    AppendArray(3, out);
    AppendBulk("unsubscribe", out);
    if (is_none) {
      AppendNull(out);
    } else {
      AppendBulk(channel, out);
    }
    AppendInteger(static_cast<std::int64_t>(count), out);
  }
}

void Commands::Publish(const Arguments& arguments, std::string& out) {
  if (arguments.size() != 3) return WrongNumber(arguments[0], out);
  const absl::flat_hash_set<event_selector::Token>* const subscribers =
      subscriptions_.SubscribersOf(arguments[1]);
  if (subscribers == nullptr) return AppendInteger(0, out);
  std::string reply;
  AppendArray(3, reply);
  AppendBulk("message", reply);
  AppendBulk(arguments[1], reply);
  AppendBulk(arguments[2], reply);
  for (const event_selector::Token subscriber : *subscribers) {
    deliver_(subscriber, reply);
  }
  AppendInteger(static_cast<std::int64_t>(subscribers->size()), out);
}

void Commands::Save(Store::Time now, std::string& out) {
  // Before all is copied for nothing.
  if (writer_.is_busy()) {
    return AppendError("ERR Background save already in progress", out);
  }
  const absl::Status started = writer_.Start(store_.Copy(now));
  if (!started.ok()) {
    return AppendError(absl::StrCat("ERR ", started.message()), out);
  }
  AppendSimple("Background saving started", out);
}

}  // namespace key_value_server
