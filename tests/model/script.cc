#include "tests/model/script.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "event/interest.h"
#include "event/mode.h"

namespace event_selector {
namespace testing {
namespace {

using Verb = Operation::Verb;

// Each in the order of its enumeration.
constexpr absl::string_view kVerbNames[] = {
    "add", "modify", "remove", "open",          "close", "reset",
    "dup", "read",   "write",  "drain",         "fill",  "shutdown",
    "oob", "wake",   "wait",   "close-selector"};
constexpr absl::string_view kKindNames[] = {
    "stream", "tcp", "udp", "pipe", "listener", "eventfd", "file"};
constexpr absl::string_view kTimeoutNames[] = {"now", "briefly", "forever"};

static_assert(std::size(kVerbNames) == kVerbs);
static_assert(std::size(kKindNames) == kKinds);

// `element` of the names `names`, which are in the order of its enumeration.
template <typename Enum, std::size_t kSize>
absl::string_view NameOf(Enum element,
                         const absl::string_view (&names)[kSize]) {
  return names[static_cast<std::size_t>(element)];
}

template <typename Enum, std::size_t kSize>
bool FindName(absl::string_view name, const absl::string_view (&names)[kSize],
              Enum& element) {
  for (std::size_t i = 0; i < kSize; ++i) {
    if (names[i] != name) continue;
    element = static_cast<Enum>(i);
    return true;
  }
  return false;
}

template <typename Set>
std::string SetToText(Set set) {
  const std::string names = set.ToString();
  const bool has_unnamed = absl::StrContains(names, "0x");
  return has_unnamed ? absl::StrCat("0x", absl::Hex(set.bits())) : names;
}

// Which flag `name` is; nullopt for none.
template <typename Set>
std::optional<Set> FlagOf(absl::string_view name) {
  if (name == Set().ToString()) return Set();
  for (int bit = 0; bit < 32; ++bit) {
    const Set flag = Set::FromBits(std::uint32_t{1} << bit);
    if (flag.ToString() == name) return flag;
  }
  return std::nullopt;
}

template <typename Set>
bool ParseSet(absl::string_view text, Set& set) {
  std::uint32_t bits = 0;
  if (absl::SimpleHexAtoi(text, &bits)) {
    set = Set::FromBits(bits);
    return true;
  }
  set = Set();
  for (const absl::string_view name : absl::StrSplit(text, '|')) {
    const std::optional<Set> flag = FlagOf<Set>(name);
    if (!flag.has_value()) return false;
    set |= *flag;
  }
  return true;
}

bool ParseSlot(absl::string_view text, int& slot) {
  return absl::SimpleAtoi(text, &slot) && slot >= 0 && slot < kSlots;
}

using Words = std::vector<absl::string_view>;

bool ParseRegistration(const Words& words, Operation& operation) {
  return words.size() == 6 && ParseSlot(words[1], operation.slot) &&
         words[2] == "token" && absl::SimpleAtoi(words[3], &operation.token) &&
         ParseSet(words[4], operation.interest) &&
         ParseSet(words[5], operation.mode);
}

bool ParseWait(const Words& words, Operation& operation) {
  constexpr std::size_t kMaxRoom = 1024;
  return words.size() == 3 && absl::SimpleAtoi(words[1], &operation.room) &&
         operation.room <= kMaxRoom &&
         FindName(words[2], kTimeoutNames, operation.timeout);
}

bool ParseOperation(const Words& words, Operation& operation) {
  if (!FindName(words[0], kVerbNames, operation.verb)) return false;
  switch (operation.verb) {
    case Verb::kAdd:
    case Verb::kModify:
      return ParseRegistration(words, operation);
    case Verb::kOpen:
      return words.size() == 3 && ParseSlot(words[1], operation.slot) &&
             FindName(words[2], kKindNames, operation.kind);
    case Verb::kDup:
      return words.size() == 3 && ParseSlot(words[1], operation.slot) &&
             ParseSlot(words[2], operation.other);
    case Verb::kWait:
      return ParseWait(words, operation);
    case Verb::kWake:
    case Verb::kCloseSelector:
      return words.size() == 1;
    default:
      return words.size() == 2 && ParseSlot(words[1], operation.slot);
  }
}

}  // namespace

std::string ToText(const Operation& operation) {
  const absl::string_view verb = NameOf(operation.verb, kVerbNames);
  switch (operation.verb) {
    case Verb::kAdd:
    case Verb::kModify:
      return absl::StrCat(verb, " ", operation.slot, " token ", operation.token,
                          " ", SetToText(operation.interest), " ",
                          SetToText(operation.mode));
    case Verb::kOpen:
      return absl::StrCat(verb, " ", operation.slot, " ",
                          NameOf(operation.kind, kKindNames));
    case Verb::kDup:
      return absl::StrCat(verb, " ", operation.slot, " ", operation.other);
    case Verb::kWait:
      return absl::StrCat(verb, " ", operation.room, " ",
                          NameOf(operation.timeout, kTimeoutNames));
    case Verb::kWake:
    case Verb::kCloseSelector:
      return std::string(verb);
    default:
      return absl::StrCat(verb, " ", operation.slot);
  }
}

std::string ToText(const Script& script) {
  std::string text;
  for (const Operation& operation : script) {
    absl::StrAppend(&text, ToText(operation), "\n");
  }
  return text;
}

absl::StatusOr<Script> ParseScript(absl::string_view text) {
  Script script;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = line.substr(0, line.find('#'));
    const Words words =
        absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
    if (words.empty()) continue;
    Operation operation;
    if (!ParseOperation(words, operation)) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", number, " is no operation: ", line));
    }
    script.push_back(operation);
  }
  return script;
}

}  // namespace testing
}  // namespace event_selector
