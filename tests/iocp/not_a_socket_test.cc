// R3 on Windows: what is open but no socket is told from what is not open.

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <windows.h>

#include <string>

#include "absl/status/status.h"
#include "event/handle.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"

namespace event_selector {
namespace testing {
namespace {

using ::testing::HasSubstr;

class NotASocketTest : public ContractTest {
 protected:
  void ExpectRefused(HANDLE object, const std::string& kind) {
    ASSERT_NE(object, INVALID_HANDLE_VALUE);
    const auto handle = reinterpret_cast<Handle>(object);
    for (const absl::Status& status :
         {selector().Add(handle, Token(1), Interest::kReadable),
          selector().Modify(handle, Token(1), Interest::kReadable,
                            Mode::kLevel),
          selector().Remove(handle)}) {
      EXPECT_THAT(status, HasCode(absl::StatusCode::kUnimplemented));
      EXPECT_THAT(std::string(status.message()), HasSubstr("not pollable"));
      EXPECT_THAT(std::string(status.message()), HasSubstr(kind));
    }
    CloseHandle(object);
    EXPECT_THAT(selector().Add(handle, Token(1), Interest::kReadable),
                HasCode(absl::StatusCode::kInvalidArgument));
  }
};
EVENT_INSTANTIATE_CONTRACT(NotASocketTest);

TEST_P(NotASocketTest, AnEvent) {
  ExpectRefused(CreateEventA(nullptr, TRUE, FALSE, nullptr), "an event");
}

TEST_P(NotASocketTest, TheEndOfAPipe) {
  HANDLE read_end = INVALID_HANDLE_VALUE;
  HANDLE write_end = INVALID_HANDLE_VALUE;
  ASSERT_NE(CreatePipe(&read_end, &write_end, nullptr, 0), 0);
  ExpectRefused(read_end, "a pipe");
  CloseHandle(write_end);
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
