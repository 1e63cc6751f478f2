#ifndef TESTS_MODEL_JUDGED_CALL_H_
#define TESTS_MODEL_JUDGED_CALL_H_

#include "event/handle.h"
#include "event/selector.h"
#include "tests/model/contract_model.h"
#include "tests/model/script.h"
#include "tests/model/wait_judge.h"

namespace event_selector {
namespace testing {

// Whether operations of this kind call a selector, and not `Wait`.
bool IsChange(Operation::Verb verb);

// Does `operation`, a change, to `selector` and `model`. What the selector did
// wrong; nullopt where it and the model agree.
Verdict JudgedCall(Selector& selector, Model& model, Handle handle,
                   const Operation& operation);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_MODEL_JUDGED_CALL_H_
