#ifndef TESTS_CONTRACT_CONTRACT_TEST_H_
#define TESTS_CONTRACT_CONTRACT_TEST_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "event/event.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "event/selector.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/backends.h"

namespace event_selector {
namespace testing {

// How long a test waits for what must come, and with whatever comes the wait
// ends. So long that no slow machine gets there: only a lost event does.
inline constexpr absl::Duration kForSure = absl::Seconds(120);

// For what must not come: long enough for a defect to show, and the test stays
// correct on any machine, since a slow one can only make it pass.
inline constexpr absl::Duration kAMoment = absl::Milliseconds(20);

// The suites in this folder prove the contract, clause by clause, on each
// backend of the build: a test's name begins with its clause.
class ContractTest : public ::testing::TestWithParam<Backend> {
 protected:
  ContractTest();

  // Another selector of the backend under test.
  static std::unique_ptr<Selector> NewSelector();

  Selector& selector() { return *selector_; }
  // To end the selector's life within a test.
  void DestroySelector() { selector_.reset(); }
  void RecreateSelector() { selector_ = NewSelector(); }

  bool Supports(Mode mode) const {
    return selector_->capabilities().modes.contains(mode);
  }
  bool Supports(Interest interest) const {
    return selector_->capabilities().interests.contains(interest);
  }

  // Whether several threads may wait on the selector and change it.
  static bool TakesAnyThread() { return !GetParam().single_waiter; }

  // To be called by a test that proves `clause` for several modes, where one of
  // them is what the clause is about and is not supported. (A test that needs
  // a mode for all that it does says EVENT_REQUIRE.)
  static void RecordUnsupported(absl::string_view clause, Mode mode) {
    RecordProperty(absl::StrCat("unsupported_", clause), mode.ToString());
  }

  // To be called by a test of `clause` that this backend keeps but for what
  // `words` say. //tests/clause_table reads it, and docs/portability.md says
  // why.
  static void RecordLimit(absl::string_view clause, const std::string& words) {
    RecordProperty(absl::StrCat("limit_", clause), words);
  }

  // `Wait` with room for `room` events: those that came. Fails the test on an
  // error.
  std::vector<Event> WaitFor(absl::Duration timeout, std::size_t room = 64);
  // What is ready now, without blocking.
  std::vector<Event> Poll(std::size_t room = 64) {
    return WaitFor(absl::ZeroDuration(), room);
  }

 private:
  std::unique_ptr<Selector> selector_;
};

// Ends a test of what capabilities do not list: `feature` is a Mode or an
// Interest. //tests/clause_table reads this message.
#define EVENT_REQUIRE(feature) \
  if (!Supports(feature))      \
  GTEST_SKIP() << "unsupported by capabilities: " << (feature)

// The same where the backend has no descriptor to nest a selector by.
#define EVENT_REQUIRE_DESCRIPTOR()               \
  if (selector().descriptor().status().code() == \
      absl::StatusCode::kUnimplemented)          \
  GTEST_SKIP() << "unsupported by capabilities: a descriptor"

// Ends a test whose clause means nothing for this kind of selector: `reason`
// says why. //tests/clause_table reads this message.
#define EVENT_NOT_APPLICABLE(reason) \
  GTEST_SKIP() << "not applicable: " << (reason)

// Gives the suite `Suite` every backend. A build without one (a system whose
// backend is not written yet) has no tests, and says so by their absence.
#define EVENT_INSTANTIATE_CONTRACT(Suite)                                     \
  GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Suite);                       \
  INSTANTIATE_TEST_SUITE_P(                                                   \
      Backends, Suite,                                                        \
      ::testing::ValuesIn(::event_selector::testing::AllBackendsUnderTest()), \
      ::testing::PrintToStringParamName())

// ---- Matchers

// An absl::Status with this code.
MATCHER_P(HasCode, code,
          std::string("has the code ") + absl::StatusCodeToString(code)) {
  return arg.code() == code;
}
MATCHER(IsOk, "is OK") { return arg.ok(); }

// An event under this token that reports at least / exactly this readiness.
MATCHER_P2(IsEventWith, token, readiness, "") {
  return arg.token == Token(token) && arg.readiness.contains(readiness);
}
MATCHER_P2(IsEvent, token, readiness, "") {
  return arg.token == Token(token) && arg.readiness == readiness;
}
MATCHER_P(HasToken, token, "") { return arg.token == Token(token); }

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_CONTRACT_CONTRACT_TEST_H_
