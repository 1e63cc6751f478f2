#ifndef TESTS_SUPPORT_WINE_H_
#define TESTS_SUPPORT_WINE_H_

namespace event_selector {
namespace testing {

// Whether this program for Windows runs under Wine, whose sockets differ from
// Windows' in places: a test that meets such a place says which. False on every
// other system.
bool RunsUnderWine();

// How often a test repeats what may go wrong only now and then: `usual` times,
// and a tenth of that under Wine, where each call on a socket or a port is a
// message to a server.
int Repetitions(int usual);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_SUPPORT_WINE_H_
