#include "tests/model/judged_call.h"

#include <optional>

#include "event/handle.h"
#include "event/selector.h"
#include "event/token.h"
#include "tests/model/contract_model.h"
#include "tests/model/script.h"
#include "tests/model/wait_judge.h"

namespace event_selector {
namespace testing {

using Verb = Operation::Verb;

bool IsChange(Verb verb) {
  return verb == Verb::kAdd || verb == Verb::kModify || verb == Verb::kRemove ||
         verb == Verb::kWake || verb == Verb::kCloseSelector;
}

Verdict JudgedCall(Selector& selector, Model& model, Handle handle,
                   const Operation& operation) {
  const Token token(operation.token);
  switch (operation.verb) {
    case Verb::kAdd:
      return model.JudgeAdd(
          operation,
          selector.Add(handle, token, operation.interest, operation.mode));
    case Verb::kModify:
      return model.JudgeModify(
          operation,
          selector.Modify(handle, token, operation.interest, operation.mode));
    case Verb::kRemove:
      return model.JudgeRemove(operation.slot, selector.Remove(handle));
    case Verb::kWake:
      return model.JudgeWake(selector.Wake());
    default:
      selector.Close();
      model.CloseSelector();
      return std::nullopt;
  }
}

}  // namespace testing
}  // namespace event_selector
