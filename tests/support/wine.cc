#include "tests/support/wine.h"

#if defined(_WIN32)
#include <windows.h>
#endif

namespace event_selector {
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

int Repetitions(int usual) {
  return RunsUnderWine() && usual > 10 ? usual / 10 : usual;
}

}  // namespace testing
}  // namespace event_selector
