#include "tests/model/generator.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <random>

#include "absl/strings/string_view.h"
#include "event/capabilities.h"
#include "event/interest.h"
#include "event/mode.h"
#include "tests/model/script.h"

namespace event_selector {
namespace testing {
namespace {

using Verb = Operation::Verb;

// Where choices come from.
class Chooser {
 public:
  virtual ~Chooser() = default;

  // A number below `limit`, which is at most 65,536.
  virtual std::uint32_t Below(std::uint32_t limit) = 0;

  bool OneIn(std::uint32_t n) { return Below(n) == n - 1; }

  template <typename T>
  T OneOf(std::initializer_list<T> list) {
    return *(list.begin() + Below(static_cast<std::uint32_t>(list.size())));
  }
};

// Not the standard's distributions: each library has its own.
class RandomChooser final : public Chooser {
 public:
  explicit RandomChooser(std::uint64_t seed) : engine_(seed) {}

  std::uint32_t Below(std::uint32_t limit) override {
    return static_cast<std::uint32_t>(((engine_() >> 32) * limit) >> 32);
  }

 private:
  std::mt19937_64 engine_;
};

// A byte for each choice, or two where it is among more than 256. Chooses the
// first once the bytes are used up.
class BytesChooser final : public Chooser {
 public:
  explicit BytesChooser(absl::string_view bytes) : bytes_(bytes) {}

  bool empty() const { return bytes_.empty(); }

  std::uint32_t Below(std::uint32_t limit) override {
    std::uint32_t number = Next();
    if (limit > 256) number = number << 8 | Next();
    return number % limit;
  }

 private:
  std::uint32_t Next() {
    if (bytes_.empty()) return 0;
    const auto byte = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    return byte;
  }

  absl::string_view bytes_;
};

struct Weight {
  Verb verb;
  std::uint32_t weight;
};

// Of 256, so that a fuzzer chooses a verb by one byte. The costly ones are
// thinned out further where they are made: see `ScriptMaker::Next`.
constexpr Weight kWeights[] = {
    {Verb::kWait, 56},         {Verb::kWrite, 36},   {Verb::kRead, 28},
    {Verb::kModify, 40},       {Verb::kAdd, 24},     {Verb::kRemove, 12},
    {Verb::kDrain, 16},        {Verb::kFill, 8},     {Verb::kWake, 12},
    {Verb::kOpen, 8},          {Verb::kClose, 4},    {Verb::kDup, 4},
    {Verb::kReset, 2},         {Verb::kShutdown, 3}, {Verb::kOob, 2},
    {Verb::kCloseSelector, 1},
};

constexpr std::uint32_t TotalWeight() {
  std::uint32_t total = 0;
  for (const Weight& weight : kWeights) total += weight.weight;
  return total;
}
static_assert(TotalWeight() == 256);
static_assert(std::size(kWeights) == kVerbs);

// The character of a script: what it does often.
struct Style {
  int slots = kSlots;
  std::uint32_t shared_tokens = 0;  // One token in so many; 0: none.
  bool is_sparing = false;  // Thins out what is slow: system calls, waiting.
};

class ScriptMaker {
 public:
  ScriptMaker(Chooser& chooser, const Capabilities& capabilities, Style style)
      : chooser_(chooser), capabilities_(capabilities), style_(style) {}

  // The operation at `position`.
  Operation Next(std::size_t position);
  Operation Open(int slot);

 private:
  Verb ChooseVerb();
  bool IsThinnedOut(Verb verb);
  int ChooseSlot() {
    return static_cast<int>(
        chooser_.Below(static_cast<std::uint32_t>(style_.slots)));
  }
  std::uint64_t ChooseToken(std::size_t position);
  Interest ChooseInterest();
  Mode ChooseMode(Verb verb, Interest& interest);
  void ChooseWait(Operation& operation);

  Chooser& chooser_;
  const Capabilities capabilities_;
  const Style style_;
};

Verb ScriptMaker::ChooseVerb() {
  std::uint32_t number = chooser_.Below(TotalWeight());
  for (const Weight& weight : kWeights) {
    if (number < weight.weight) return weight.verb;
    number -= weight.weight;
  }
  return Verb::kWait;
}

bool ScriptMaker::IsThinnedOut(Verb verb) {
  switch (verb) {
    case Verb::kOpen:
      return !chooser_.OneIn(3);
    case Verb::kFill:
    case Verb::kReset:
    case Verb::kClose:
      return !chooser_.OneIn(2);
    case Verb::kShutdown:
      return !chooser_.OneIn(4);
    case Verb::kCloseSelector:
      return !chooser_.OneIn(64);
    default:
      return false;
  }
}

Operation ScriptMaker::Next(std::size_t position) {
  Operation operation;
  operation.verb = ChooseVerb();
  if (style_.is_sparing && IsThinnedOut(operation.verb)) {
    operation.verb = Verb::kWait;
  }
  if (operation.verb == Verb::kWait) {
    ChooseWait(operation);
    return operation;
  }
  if (operation.verb == Verb::kWake || operation.verb == Verb::kCloseSelector) {
    return operation;
  }
  const int slot = ChooseSlot();
  if (operation.verb == Verb::kOpen) return Open(slot);
  operation.slot = slot;
  if (operation.verb == Verb::kDup) operation.other = ChooseSlot();
  if (operation.verb == Verb::kAdd || operation.verb == Verb::kModify) {
    operation.token = ChooseToken(position);
    operation.interest = ChooseInterest();
    operation.mode = ChooseMode(operation.verb, operation.interest);
  }
  return operation;
}

Operation ScriptMaker::Open(int slot) {
  Operation operation;
  operation.verb = Verb::kOpen;
  operation.slot = slot;
  // Each object that goes over the network takes a hundred times as long.
  const std::uint32_t number = chooser_.Below(64);
  if (number < 24) {
    operation.kind = Kind::kStream;
  } else if (number < 42) {
    operation.kind = Kind::kPipe;
  } else if (number < 54) {
    operation.kind = Kind::kEventfd;
  } else if (number < 57) {
    operation.kind = Kind::kUdp;
  } else if (number < 61) {
    operation.kind = Kind::kTcp;
  } else if (number < 62) {
    operation.kind = Kind::kListener;
  } else {
    operation.kind = Kind::kFile;
  }
  return operation;
}

// A token of its own for each registration and change of one, so that an event
// of an old one is noticed, with few exceptions.
std::uint64_t ScriptMaker::ChooseToken(std::size_t position) {
  // What the epoll backend's waker carries: EventfdWaker::kData.
  constexpr std::uint64_t kWakersOwn = 0x9e6c'63d0'876a'3d5b;
  constexpr std::uint64_t kFirstOfOwn = 1000;
  const std::uint64_t own = kFirstOfOwn + position;
  if (style_.shared_tokens != 0 && chooser_.OneIn(style_.shared_tokens)) {
    return chooser_.OneOf<std::uint64_t>(
        {1, 2, 3, 0, kWakersOwn, std::numeric_limits<std::uint64_t>::max()});
  }
  return chooser_.OneIn(64) ? ~own : own;
}

Interest ScriptMaker::ChooseInterest() {
  const std::uint32_t number = chooser_.Below(128);
  if (number == 127) return Interest::FromBits(0x40);  // No interest.
  Interest interest;
  if ((number & 1) != 0) interest |= Interest::kReadable;
  if ((number & 6) == 6) interest |= Interest::kWritable;
  if ((number & 24) == 24) interest |= Interest::kReadClosed;
  if ((number & 96) == 96) interest |= Interest::kPriority;
  return interest & capabilities_.interests;
}

Mode ScriptMaker::ChooseMode(Verb verb, Interest& interest) {
  const std::uint32_t number = chooser_.Below(128);
  if (number == 127) return Mode::FromBits(1);  // No mode.
  Mode mode;
  if (number >= 120) {
    // Where it is allowed, mostly.
    mode = Mode::kExclusive;
    if (verb == Verb::kAdd && number >= 122) {
      interest &= Interest::kReadable | Interest::kWritable;
    } else if (number == 120) {
      mode |= Mode::kOneshot;
    }
  } else if (number == 119) {
    mode = Mode::kKeepAwake;
  }
  if ((number & 1) != 0) mode |= Mode::kEdge;
  if (number < 120 && (number & 6) == 6) mode |= Mode::kOneshot;
  return mode & capabilities_.modes;
}

void ScriptMaker::ChooseWait(Operation& operation) {
  const std::uint32_t number = chooser_.Below(256);
  operation.room = number < 64 ? 1 : number < 128 ? 7 : number < 254 ? 1024 : 0;
  operation.timeout = chooser_.OneOf({Timeout::kNow, Timeout::kForever});
  if (number == 253) operation.timeout = Timeout::kBriefly;
}

}  // namespace

Script RandomScript(std::uint64_t seed, std::size_t length,
                    const Capabilities& capabilities) {
  RandomChooser chooser(seed);
  Style style;
  style.is_sparing = true;
  style.slots = chooser.OneOf({kSlots, kSlots, kSlots, kSlots, 2, 6, 16});
  style.shared_tokens = chooser.OneOf<std::uint32_t>({0, 0, 100, 20, 3});
  ScriptMaker maker(chooser, capabilities, style);
  Script script;
  script.reserve(length);
  for (int slot = 0; slot < style.slots && script.size() < length; ++slot) {
    if (slot % 2 == 1 && IsPair(script.back().kind)) continue;
    script.push_back(maker.Open(slot));
  }
  while (script.size() < length) script.push_back(maker.Next(script.size()));
  return script;
}

Script ScriptFromBytes(absl::string_view bytes,
                       const Capabilities& capabilities) {
  constexpr std::size_t kMaxLength = 400;
  BytesChooser chooser(bytes);
  Style style;
  style.slots = 8;
  style.shared_tokens = 16;
  ScriptMaker maker(chooser, capabilities, style);
  Script script;
  while (!chooser.empty() && script.size() < kMaxLength) {
    script.push_back(maker.Next(script.size()));
  }
  return script;
}

}  // namespace testing
}  // namespace event_selector
