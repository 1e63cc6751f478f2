#ifndef TESTS_HANDLES_HANDLES_TEST_H_
#define TESTS_HANDLES_HANDLES_TEST_H_

#include <string>

#include "absl/strings/string_view.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "gtest/gtest.h"
#include "tests/contract/backends.h"
#include "tests/contract/contract_test.h"

namespace event_selector {
namespace testing {

// What a kind of handle reports: a test for each row of docs/handles.md. Its
// name begins with the row's ("H7"). What it sees is written down, step by
// step, and //tests/handles:update puts it into the page.
//
// Linux only. On a kernel that lacks the kind, the test is skipped, and says
// what is missing.
class HandlesTest : public ContractTest {
 protected:
  // Everything that can be asked for.
  static constexpr Interest kAll = Interest::kReadable | Interest::kWritable |
                                   Interest::kPriority | Interest::kReadClosed;

  void TearDown() override;

  // `Add`. What it says: "OK", "not pollable" or another error; written down
  // where it is not OK.
  std::string Add(Handle handle, Interest interest, Mode mode = Mode::kLevel);

  // `Modify`, with the same arguments as at the `Add` before it.
  void ModifyAgain();

  // `Modify` to another interest.
  void Ask(Interest interest);

  // What the handle that was added last reports now, written down under
  // `label`: "readable+writable" where two `Wait`s in turn say so, "priority
  // once" where the second says nothing, "A, then B" otherwise.
  std::string See(absl::string_view label);
  // The same, but waits for the first report.
  std::string SeeSoon(absl::string_view label);

  // The first report only: for what other processes may repeat.
  std::string SeeFirst(absl::string_view label);

  // Writes `words` down under `label`, and returns them.
  std::string Note(absl::string_view label, absl::string_view words);
  // Writes down how a call ended: "3", or the name of `errno` if `result` is
  // below zero.
  std::string NoteResult(absl::string_view label, long result);

  // Whether the selector is io_uring's, and is asked in the way that makes it
  // watch what it can by a request in the ring: for kOneshot where a row is
  // about kLevel (and armed again after each event), and without kPriority.
  bool AsksByRequests() const;

  bool IsPoll() const { return GetParam().name == "poll"; }

 private:
  std::string SeeAfter(absl::string_view label, absl::Duration timeout);

  Handle handle_ = kInvalidHandle;
  Interest interest_;
  Mode mode_;
  std::string seen_;
};

// Ends the test of a row that this system cannot show: `what` is missing.
#define EVENT_HANDLES_NEED(condition, what) \
  if (!(condition)) GTEST_SKIP() << "not here: " << (what)

// Leaves a row that is about kPriority, for which io_uring's selector makes no
// request, to the other selectors.
#define EVENT_HANDLES_NOT_BY_REQUESTS() \
  if (AsksByRequests()) GTEST_SKIP() << "not by requests: kPriority"

// Gives the suite `Suite` the selectors of the page's column "seen".
#define EVENT_INSTANTIATE_HANDLES(Suite)                                   \
  INSTANTIATE_TEST_SUITE_P(                                                \
      Backends, Suite,                                                     \
      ::testing::ValuesIn(::event_selector::testing::BackendsOfThePage()), \
      ::testing::PrintToStringParamName())

// epoll, the same for a single waiter, poll, and io_uring where it works, in
// both ways.
std::vector<Backend> BackendsOfThePage();

// "EAGAIN".
std::string ErrorName(int error);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_HANDLES_HANDLES_TEST_H_
