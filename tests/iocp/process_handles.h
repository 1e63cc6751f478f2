#ifndef TESTS_IOCP_PROCESS_HANDLES_H_
#define TESTS_IOCP_PROCESS_HANDLES_H_

namespace event_selector {
namespace testing {

// How many handles this process has open.
unsigned long ProcessHandles();

// How many of them are of what a selector opens: sockets, devices (and other
// files), completion ports. Mutexes of the C++ library may open handles of
// other kinds, with the first thread that has to wait, and keep them.
unsigned long ProcessSocketsAndPorts();

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_IOCP_PROCESS_HANDLES_H_
