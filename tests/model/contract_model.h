#ifndef TESTS_MODEL_CONTRACT_MODEL_H_
#define TESTS_MODEL_CONTRACT_MODEL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "event/capabilities.h"
#include "event/event.h"
#include "event/readiness.h"
#include "tests/model/liberties.h"
#include "tests/model/registration_table.h"
#include "tests/model/script.h"
#include "tests/model/wait_judge.h"
#include "tests/model/world.h"

namespace event_selector {
namespace testing {

// The contract of event_selector::Selector (docs/contract.md), for one thread,
// as a program: told what happens to the handles and to the selector, it says
// which statuses and which events are right. It knows no system and no backend.
//
// Each member that judges returns nullopt where all is right, else a sentence
// that says what is not.
class Model {
 public:
  // `pollable`: what the levels tell of. The rest may be reported at any time.
  Model(const Capabilities& capabilities, Readiness pollable,
        const Liberties& liberties = {})
      : capabilities_(capabilities),
        pollable_(pollable),
        liberties_(liberties) {}

  // ---- What happens to the handles

  struct Description {
    int number = World::kNothing;  // As in `World`.
    bool is_pollable = false;
    bool is_delayed = false;
    bool is_alike = false;
  };
  // `slot`, which was empty, holds `description` from now on.
  void Open(int slot, const Description& description);
  // `slot` is empty from now on.
  void Close(int slot);
  // Something was done with a handle of `description`, and `unready` was seen
  // not to hold for it at the end.
  void Touch(int description, Readiness unready = {});
  // Whether a registration of `description` under the number of `slot` is
  // alive, be it that the slot was closed since. The contract does not say what
  // becomes of it if the slot holds the same description again.
  bool HasRegistration(int slot, int description) const;

  // ---- Calls of the selector, with the status that each returned

  Verdict JudgeAdd(const Operation& add, const absl::Status& status);
  Verdict JudgeModify(const Operation& modify, const absl::Status& status);
  Verdict JudgeRemove(int slot, const absl::Status& status);
  Verdict JudgeWake(const absl::Status& status);
  void CloseSelector() { is_closed_ = true; }

  // ---- Wait: first `BeginWait`, then the call, then one of the Judge
  // functions

  // The descriptions that have registrations, each once. Valid until the next
  // call.
  const std::vector<int>& Watched();
  // `levels` of these held just before the Wait.
  void BeginWait(const Levels& levels);
  // Whether the Wait must return at once whatever its timeout.
  bool MustReturn() const;

  struct Outcome {
    std::size_t room = 0;
    absl::Span<const Event> events;
    bool is_early = false;  // Returned before a finite timeout had passed.
    bool is_forever = false;
  };
  // `ask_again` gets the levels just after the Wait; called where those before
  // leave something open.
  Verdict JudgeWait(const Outcome& outcome,
                    absl::FunctionRef<const Levels&()> ask_again);
  // A Wait that returned a status other than OK.
  Verdict JudgeFailedWait(std::size_t room, const absl::Status& status) const;

 private:
  enum class WakeUp { kNone, kPending, kPossible };

  static std::size_t Index(int number) {
    return static_cast<std::size_t>(number);
  }
  void Arm(const Operation& operation);
  bool MayBeTheSame(int slot) const;
  bool IsWatchable(int slot) const { return slots_[Index(slot)].is_pollable; }
  // R3: not open, or of a kind that cannot be watched.
  absl::StatusCode WhyUnwatchable(int slot) const {
    return slots_[Index(slot)].number == World::kNothing
               ? absl::StatusCode::kInvalidArgument
               : absl::StatusCode::kUnimplemented;
  }

  const Capabilities capabilities_;
  const Readiness pollable_;
  const Liberties liberties_;
  bool is_closed_ = false;
  WakeUp wake_up_ = WakeUp::kNone;
  std::uint64_t wait_number_ = 0;

  std::array<Description, kSlots> slots_ = {};
  std::array<int, World::kDescriptions> holders_ = {};  // Slots of each.
  Activity activity_ = {};
  RegistrationTable table_;
  std::vector<int> watched_;

  Levels levels_ = {};
  std::vector<Readiness> due_;  // What each registration must report.
};

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_MODEL_CONTRACT_MODEL_H_
