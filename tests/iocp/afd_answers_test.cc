// What AFD may answer and does not here: the linker (--wrap) puts this file
// between the backend and the system.

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <windows.h>
#include <winternl.h>

#include "absl/status/statusor.h"
#include "backends/iocp/ntdll.h"
#include "event/interest.h"
#include "event/readiness.h"
#include "event/token.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/contract_test.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace {

// STATUS_BUFFER_OVERFLOW of ntstatus.h.
constexpr NTSTATUS kWarning = static_cast<NTSTATUS>(0x80000005);

// What a poll that finds its socket ready returns. In each case its packet is
// queued.
NTSTATUS answer_if_ready = iocp::nt::kPending;

// Leaves the notifications of success on, so that there is a packet.
BOOL WINAPI KeepPackets(HANDLE /*file*/, UCHAR /*flags*/) { return TRUE; }

NTSTATUS NTAPI Control(HANDLE file, HANDLE event, PIO_APC_ROUTINE apc,
                       PVOID context, PIO_STATUS_BLOCK result, ULONG code,
                       PVOID input, ULONG input_size, PVOID output,
                       ULONG output_size);

}  // namespace

// The original, and what stands for it and for the system's function in this
// program: under the names that the linker knows.
absl::StatusOr<iocp::Ntdll> SystemsNtdll() __asm__(
    "__real__ZN14event_selector4iocp9FindNtdllEv");
absl::StatusOr<iocp::Ntdll> OurNtdll() __asm__(
    "__wrap__ZN14event_selector4iocp9FindNtdllEv");
extern decltype(&SetFileCompletionNotificationModes) our_modes __asm__(
    "__wrap___imp_SetFileCompletionNotificationModes");

absl::StatusOr<iocp::Ntdll> OurNtdll() {
  absl::StatusOr<iocp::Ntdll> ntdll = SystemsNtdll();
  if (ntdll.ok()) ntdll->device_io_control_file = &Control;
  return ntdll;
}
decltype(&SetFileCompletionNotificationModes) our_modes = &KeepPackets;

namespace {

NTSTATUS NTAPI Control(HANDLE file, HANDLE event, PIO_APC_ROUTINE apc,
                       PVOID context, PIO_STATUS_BLOCK result, ULONG code,
                       PVOID input, ULONG input_size, PVOID output,
                       ULONG output_size) {
  const NTSTATUS status = SystemsNtdll()->device_io_control_file(
      file, event, apc, context, result, code, input, input_size, output,
      output_size);
  if (status != iocp::nt::kSuccess) return status;
  if (answer_if_ready == kWarning) result->Status = kWarning;
  return answer_if_ready;
}

}  // namespace

namespace testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AfdAnswersTest : public ContractTest {};
EVENT_INSTANTIATE_CONTRACT(AfdAnswersTest);

// A provider that says "pending" of a socket that is ready, and sends the
// packet.
TEST_P(AfdAnswersTest, W2ZeroTimeoutFindsWhatIsNotSaidAtOnce) {
  answer_if_ready = iocp::nt::kPending;
  const SocketPair pair = MakeStreamPair();
  ASSERT_THAT(selector().Add(pair.a.handle(), Token(1), Interest::kReadable),
              IsOk());
  EXPECT_THAT(Poll(), IsEmpty());
  SendAll(pair.b.handle(), "x");
  ASSERT_TRUE(AwaitReadable(pair.a.handle(), kForSure));
  for (int round = 0; round < 3; ++round) {
    EXPECT_THAT(Poll(), ElementsAre(IsEvent(1, Readiness::kReadable)));
  }
  Drain(pair.a.handle());
  EXPECT_THAT(Poll(), IsEmpty());
}

// Of a warning, the system queues a packet: nobody may forget the poll before.
TEST_P(AfdAnswersTest, AWarningIsAnErrorWhosePacketIsAwaited) {
  answer_if_ready = kWarning;
  const SocketPair pair = MakeStreamPair();
  SendAll(pair.b.handle(), "x");
  ASSERT_TRUE(AwaitReadable(pair.a.handle(), kForSure));
  ASSERT_THAT(selector().Add(pair.a.handle(), Token(1), Interest::kReadable),
              IsOk());
  for (int round = 0; round < 3; ++round) {
    EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(1, Readiness::kError)));
  }
  EXPECT_THAT(selector().Remove(pair.a.handle()), IsOk());
  EXPECT_THAT(Poll(), IsEmpty());
  // The number is free for another registration, whose polls are its own.
  answer_if_ready = iocp::nt::kPending;
  ASSERT_THAT(selector().Add(pair.a.handle(), Token(2), Interest::kReadable),
              IsOk());
  EXPECT_THAT(WaitFor(kForSure), ElementsAre(IsEvent(2, Readiness::kReadable)));
}

}  // namespace
}  // namespace testing
}  // namespace event_selector
