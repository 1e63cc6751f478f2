#include "tests/linux/atfork_seam.h"

#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace event_selector {
namespace testing {
namespace {

// Plain numbers: they are used before any constructor has run.
int calls = 0;
int calls_to_fail = 0;
bool wipes_on_fork = true;

}  // namespace

void FailNextAtforks(int count) { calls_to_fail = count; }

void RefuseToWipeOnFork() { wipes_on_fork = false; }

int AtforkCalls() { return calls; }

}  // namespace testing
}  // namespace event_selector

extern "C" {

// pthread_atfork is linked statically into each shared library, and leads here.
// Not instrumented: ThreadSanitizer's runtime calls it before it is ready.
__attribute__((no_sanitize("thread", "address", "undefined"))) int
__register_atfork(void (*prepare)(), void (*parent)(), void (*child)(),
                  void* library) __THROW {
  using event_selector::testing::calls;
  using event_selector::testing::calls_to_fail;
  ++calls;
  if (calls_to_fail > 0) {
    --calls_to_fail;
    return ENOMEM;
  }
  using Function = int(void (*)(), void (*)(), void (*)(), void*);
  auto* const real =
      reinterpret_cast<Function*>(dlsym(RTLD_NEXT, "__register_atfork"));
  return real(prepare, parent, child, library);
}

__attribute__((no_sanitize("thread", "address", "undefined"))) int madvise(
    void* begin, size_t size, int advice) __THROW {
  if (advice == MADV_WIPEONFORK && !event_selector::testing::wipes_on_fork) {
    errno = EINVAL;
    return -1;
  }
  return static_cast<int>(syscall(SYS_madvise, begin, size, advice));
}

}  // extern "C"
