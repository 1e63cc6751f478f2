#ifndef TESTS_SUPPORT_LIBEVENT_H_
#define TESTS_SUPPORT_LIBEVENT_H_

namespace event_selector {
namespace testing {

// Whether libevent's functions can be called. A test that uses them is built
// everywhere where its headers are, and linked without the library: the
// functions that libevent.cc defines pass each call on to the shared library,
// which is loaded when the first one is needed.
bool HasLibevent();

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_SUPPORT_LIBEVENT_H_
