#include "tests/support/wine.h"

#if defined(_WIN32)
#include <windows.h>
#endif

namespace event {
namespace testing {

bool RunsUnderWine() {
#if defined(_WIN32)
  // The way that Wine's own documentation names.
  const HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
  return ntdll != nullptr &&
         GetProcAddress(ntdll, "wine_get_version") != nullptr;
#else
  return false;
#endif
}

}  // namespace testing
}  // namespace event
