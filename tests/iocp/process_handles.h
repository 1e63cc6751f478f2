#ifndef TESTS_IOCP_PROCESS_HANDLES_H_
#define TESTS_IOCP_PROCESS_HANDLES_H_

namespace event {
namespace testing {

// How many handles this process has open.
unsigned long ProcessHandles();

}  // namespace testing
}  // namespace event

#endif  // TESTS_IOCP_PROCESS_HANDLES_H_
