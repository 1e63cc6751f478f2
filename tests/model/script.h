#ifndef TESTS_MODEL_SCRIPT_H_
#define TESTS_MODEL_SCRIPT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "event/interest.h"
#include "event/mode.h"

namespace event_selector {
namespace testing {

// How many numbered places for handles a script can speak of. A place keeps its
// handle's number for good where the system lets us choose it.
inline constexpr int kSlots = 80;

// What can be opened in a slot. A system that lacks one skips its opening.
enum class Kind {
  kStream,    // a pair in the slots 2n and 2n+1: AF_UNIX; on Windows as kTcp
  kTcp,       // a pair
  kUdp,       // a pair
  kPipe,      // a pair: the read end in 2n, the write end in 2n+1
  kListener,  // a pair: a TCP listener in 2n, a client of it in 2n+1
  kEventfd,   // alone in its slot
  kFile,      // alone in its slot, and cannot be polled
};
inline constexpr int kKinds = 7;

// Whether `kind` takes two slots, of which each is the other's peer.
constexpr bool IsPair(Kind kind) {
  return kind != Kind::kEventfd && kind != Kind::kFile;
}

enum class Timeout {
  kNow,      // zero
  kBriefly,  // a millisecond
  // Infinite where the model says that something must come, else zero.
  kForever,
};

// One step of a script. What makes no sense at its turn (a read from an empty
// slot) is skipped, so that every part of a script is a script.
struct Operation {
  enum class Verb {
    kAdd,       // slot, token, interest, mode
    kModify,    // slot, token, interest, mode
    kRemove,    // slot
    kOpen,      // slot, kind: closes first what the slot (pairs: slots) holds
    kClose,     // slot: without Remove
    kReset,     // slot: closes so that a TCP peer sees a reset
    kDup,       // slot, other: makes `other` a duplicate of `slot`'s
    kRead,      // slot: a few bytes; of a listener: accepts one
    kWrite,     // slot: a few bytes; of a listener: connects one
    kDrain,     // slot: until it would block
    kFill,      // slot: until it would block
    kShutdown,  // slot: its sending side
    kOob,       // slot: sends one byte out of band
    kWake,
    kWait,           // room, timeout
    kCloseSelector,  // Selector::Close
  };

  Verb verb = Verb::kWake;
  int slot = 0;
  int other = 0;
  Kind kind = Kind::kStream;
  Timeout timeout = Timeout::kNow;
  std::size_t room = 0;
  std::uint64_t token = 0;
  Interest interest;
  Mode mode;
};
inline constexpr int kVerbs = 16;

using Script = std::vector<Operation>;

// The text of a script, one operation a line:
//
//   open 0 stream
//   add 0 token 7 readable|writable edge|oneshot
//   write 1                        # a comment
//   dup 0 4
//   wake
//   wait 7 forever
//
// A set that has bits without a name is written in hexadecimal as a whole.
std::string ToText(const Operation& operation);
std::string ToText(const Script& script);

// The script that `text` describes. kInvalidArgument, with the number of the
// line, where it describes none.
absl::StatusOr<Script> ParseScript(absl::string_view text);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_MODEL_SCRIPT_H_
