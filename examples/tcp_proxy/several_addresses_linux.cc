// For a test: linked into the proxy, this looks its names up.

#include <dlfcn.h>
#include <netdb.h>

#include <string>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace {

using Lookup = int(const char*, const char*, const addrinfo*, addrinfo**);

Lookup* SystemLookup() {
  return reinterpret_cast<Lookup*>(dlsym(RTLD_NEXT, "getaddrinfo"));
}

}  // namespace

// In the place of the C library's: "127.0.0.2,127.0.0.1" is the name of both,
// in this order. glibc's freeaddrinfo frees the parts of a list one by one.
extern "C" int getaddrinfo(const char* node, const char* service,
                           const addrinfo* hints, addrinfo** result) {
  const absl::string_view name = node == nullptr ? "" : node;
  if (name.find(',') == absl::string_view::npos) {
    return SystemLookup()(node, service, hints, result);
  }
  *result = nullptr;
  addrinfo** end = result;
  for (const absl::string_view address : absl::StrSplit(name, ',')) {
    const int error =
        SystemLookup()(std::string(address).c_str(), service, hints, end);
    if (error != 0) return error;
    while (*end != nullptr) end = &(*end)->ai_next;
  }
  return 0;
}
