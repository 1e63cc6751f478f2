#include "tests/model/shrinker.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "event/interest.h"
#include "event/mode.h"
#include "tests/model/script.h"

namespace event_selector {
namespace testing {
namespace {

using Verb = Operation::Verb;

bool HasRegistration(const Operation& operation) {
  return operation.verb == Verb::kAdd || operation.verb == Verb::kModify;
}

// What might do instead of `operation`, each simpler in one way.
std::vector<Operation> SimplerThan(const Operation& operation) {
  std::vector<Operation> simpler;
  const auto offer = [&](auto Operation::*member, auto value) {
    if (operation.*member == value) return;
    simpler.push_back(operation);
    simpler.back().*member = value;
  };
  if (HasRegistration(operation)) {
    offer(&Operation::mode, Mode::kLevel);
    if (operation.mode.contains(Mode::kEdge)) {
      offer(&Operation::mode, Mode::kEdge);
    }
    if (operation.interest != Interest::kReadable) {
      offer(&Operation::interest, Interest::kWritable);
    }
    offer(&Operation::interest, Interest::kReadable);
  }
  if (operation.verb == Verb::kWait) {
    offer(&Operation::timeout, Timeout::kNow);
    offer(&Operation::room, std::size_t{1024});
  }
  if (operation.verb == Verb::kOpen) offer(&Operation::kind, Kind::kStream);
  return simpler;
}

class Shrinker {
 public:
  Shrinker(Script script, FindFailure find_failure, int most_plays)
      : script_(std::move(script)),
        find_failure_(find_failure),
        plays_left_(most_plays) {}

  Script Shrink() {
    Accepts(script_);
    do {
      LeaveOutChunks();
    } while (Simplify() && plays_left_ > 0);
    return script_;
  }

 private:
  // Takes `candidate` over if it fails, up to the step where it does.
  bool Accepts(Script candidate) {
    if (plays_left_-- <= 0) return false;
    const std::optional<std::size_t> step = find_failure_(candidate);
    if (!step.has_value()) return false;
    candidate.resize(std::min(candidate.size(), *step + 1));
    script_ = std::move(candidate);
    return true;
  }

  // Delta debugging: leaves out ever smaller chunks, from the end, since what
  // comes late depends on what came before.
  void LeaveOutChunks() {
    for (std::size_t size = std::max<std::size_t>(script_.size() / 2, 1);;) {
      const bool was_shorter = LeaveOutChunksOf(size);
      if (size == 1 && !was_shorter) return;
      if (!was_shorter) size /= 2;
      size = std::min(size, std::max<std::size_t>(script_.size() / 2, 1));
    }
  }

  bool LeaveOutChunksOf(std::size_t size) {
    bool was_shorter = false;
    for (std::size_t end = script_.size(); end > 0;) {
      const std::size_t begin = end > size ? end - size : 0;
      Script candidate(script_.cbegin(), At(begin));
      candidate.insert(candidate.end(), At(end), script_.cend());
      was_shorter |= Accepts(std::move(candidate));
      end = std::min(begin, script_.size());
    }
    return was_shorter;
  }

  Script::const_iterator At(std::size_t position) const {
    return script_.cbegin() + static_cast<std::ptrdiff_t>(position);
  }

  bool Simplify() {
    bool was_simpler = SimplifyEach();
    was_simpler |= RenumberTokens();
    was_simpler |= RenumberSlots();
    return was_simpler;
  }

  bool SimplifyEach() {
    bool was_simpler = false;
    for (std::size_t i = 0; i < script_.size(); ++i) {
      for (const Operation& simpler : SimplerThan(script_[i])) {
        Script candidate = script_;
        candidate[i] = simpler;
        if (!Accepts(std::move(candidate))) continue;
        was_simpler = true;
        break;
      }
    }
    return was_simpler;
  }

  // Gives the registrations the tokens 1, 2, 3, ..., each that still fails.
  bool RenumberTokens() {
    bool was_simpler = false;
    std::uint64_t next = 1;
    for (std::size_t i = 0; i < script_.size(); ++i) {
      if (!HasRegistration(script_[i])) continue;
      const std::uint64_t token = next++;
      if (script_[i].token <= token) continue;
      Script candidate = script_;
      candidate[i].token = token;
      was_simpler |= Accepts(std::move(candidate));
    }
    return was_simpler;
  }

  // Moves each pair of slots that is in use to the lowest that is not.
  bool RenumberSlots() {
    bool was_simpler = false;
    for (int from = 1; from < kSlots / 2; ++from) {
      for (int to = 0; to < from && Uses(from); ++to) {
        if (!Uses(to)) was_simpler |= Accepts(WithPairMoved(from, to));
      }
    }
    return was_simpler;
  }

  static bool HasSlot(const Operation& operation) {
    return operation.verb != Verb::kWait && operation.verb != Verb::kWake &&
           operation.verb != Verb::kCloseSelector;
  }

  bool Uses(int pair) const {
    return std::any_of(
        script_.begin(), script_.end(), [pair](const Operation& operation) {
          return (HasSlot(operation) && operation.slot / 2 == pair) ||
                 (operation.verb == Verb::kDup && operation.other / 2 == pair);
        });
  }

  Script WithPairMoved(int from, int to) const {
    Script moved = script_;
    for (Operation& operation : moved) {
      for (int* slot : {&operation.slot, &operation.other}) {
        if (*slot / 2 == from) *slot += 2 * (to - from);
      }
    }
    return moved;
  }

  Script script_;
  const FindFailure find_failure_;
  int plays_left_;
};

}  // namespace

Script Shrink(Script script, FindFailure find_failure, int most_plays) {
  return Shrinker(std::move(script), find_failure, most_plays).Shrink();
}

}  // namespace testing
}  // namespace event_selector
