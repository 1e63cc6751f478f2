#ifndef TESTS_SUPPORT_WINE_H_
#define TESTS_SUPPORT_WINE_H_

namespace event {
namespace testing {

// Whether this program for Windows runs under Wine, whose sockets differ from
// Windows' in places: a test that meets such a place says which. False on every
// other system.
bool RunsUnderWine();

}  // namespace testing
}  // namespace event

#endif  // TESTS_SUPPORT_WINE_H_
